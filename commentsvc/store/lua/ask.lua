--#include move.lua
-- A waiting comment goes to the lane in which colleagues look, with a question: its status stays, a row says who asked.
--
-- KEYS  1-27 as in move.lua
-- ARGV  1-8 as in move.lua, the question as the note   9 version seen
--
-- Answers as decide.lua does.

local seen = redis.call('HMGET', KEYS[1], 's', 'v', 'm', 'x')
if not seen[1] then return {'unknown'} end
if seen[2] == tostring(tonumber(ARGV[9]) + 1) and seen[3] == ARGV[5] and seen[1] == 'pending' then
  local last = cmsgpack.unpack(redis.call('HGET', string.sub(KEYS[10], 1, -27) .. in_letters(seen[4]), 'b'))
  if last[2] == 'ask' and last[8] == ARGV[8] and last[6] == tonumber(seen[2]) then
    redis.call('HSET', KEYS[1], 'x', seen[4]) -- so that WAIT after a retry covers the first try
    return {'again', seen[2], in_letters(seen[4])}
  end
end
if seen[2] ~= ARGV[9] or seen[1] ~= 'pending' then return stale() end

local lane = lane_of(KEYS[1])
move('pending', 'pending', tonumber(ARGV[9]), '', DECISION, {})
change_lane(lane, 'colleague')
redis.call('HSET', KEYS[10], 'l', lane) -- where an undo puts it
remember()
return {'ok', tostring(tonumber(ARGV[9]) + 1)}
