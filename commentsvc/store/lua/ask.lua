--#include move.lua
-- A waiting comment, or a published one's edit, goes to the lane in which colleagues look, with a question: its status stays, a row says who asked.
--
-- KEYS  1-27 as in move.lua
-- ARGV  1-8 as in move.lua, the question as the note   9 version seen
--
-- Answers as decide.lua does.

local seen = redis.call('HMGET', KEYS[1], 's', 'v', 'm', 'x', 'e')
if not seen[1] then return {'unknown'} end
local field = seen[1] == 'pending' and 'l' or seen[5] and 'w'
if seen[2] == tostring(tonumber(ARGV[9]) + 1) and seen[3] == ARGV[5] and field then
  local again, note = was_last(seen[4], seen[2])
  if again and note == ARGV[8] then
    redis.call('HSET', KEYS[1], 'x', seen[4]) -- so that WAIT after a retry covers the first try
    return {'again', seen[2], in_letters(seen[4])}
  end
end
if seen[2] ~= ARGV[9] or not field then return stale() end

local lane = lane_of(field)
move(seen[1], seen[1], tonumber(ARGV[9]), '', DECISION, {}, '')
change_lane(lane, 'colleague', field)
redis.call('HSET', KEYS[10], 'l', lane) -- where an undo puts it
remember()
return {'ok', tostring(tonumber(ARGV[9]) + 1)}
