--#include move.lua
--#include index.lua
--#include triage.lua
-- The author writes a comment anew. What still waits is replaced, and judged as a submission is; what is published stays
-- as it is, and the newer text waits beside it, instead of one that waited there before.
--
-- KEYS  1-27 as in move.lua   28 rate   29 search index
--       30-31 the ids and bits of the segment that it stands in, the index itself where it is in none
--       32… near-identical: a bucket for each mark
-- ARGV  1-8 as in move.lua   9 version seen   10 the new body, or '' to take back an edit that waits
--       11 tries per window   12 window in ms   13 its first row in the search index   14 how many rows it has
--       15 its new rows       16… as 16… of submit.lua
--
-- Answers {'ok', version, lane, approved comments of the author here} · {'unknown'} · {'changed'} it is no longer at the
-- version seen, or can no longer be edited · {'too_many', ms} · {'closed'} · {'restricted', until_ms} · {'elsewhere'} in
-- the index by now. Nothing is written before the last check but the rate.

local seen = redis.call('HMGET', KEYS[1], 's', 'v', 'e')
if not seen[1] then return {'unknown'} end
local waits, edited, text = seen[1] == 'pending', seen[3], ARGV[10]
if seen[2] ~= ARGV[9] or not (waits or seen[1] == 'approved') or (text == '' and not edited) then return {'changed'} end

local tries = tonumber(redis.call('GET', KEYS[28]) or '0')
if tries >= tonumber(ARGV[11]) then
  return {'too_many', tostring(math.max(redis.call('PTTL', KEYS[28]), 1000))}
end
local taking = redis.call('HGET', KEYS[2], 'open')
if taking == '0' then return {'closed'} end
local author, now_ms = redis.call('HMGET', KEYS[5], 'approved', 'until'), tonumber(ARGV[6])
local segment, used = room_for(KEYS[29], #ARGV[15])
if redis.call('INCR', KEYS[28]) == 1 then redis.call('PEXPIRE', KEYS[28], ARGV[12]) end
if author[2] and author[2] ~= 'hold' and tonumber(author[2]) > now_ms then return {'restricted', author[2]} end
local lane, hits = triaged(16, 31, author, now_ms, taking, ARGV[1])
local rows = tonumber(ARGV[14])
if rows > 0 and not leave(KEYS[30], KEYS[31], tonumber(ARGV[13]), rows, ARGV[1]) then return {'elsewhere'} end
enter(KEYS[29], segment, used, ARGV[1], ARGV[15])

move(seen[1], seen[1], tonumber(ARGV[9]), '', DECISION, {}, '')
if edited then edit_waits_no_more() end
-- What was kept of an edit before is needed no more: the decision about that can no longer be undone.
redis.call('HDEL', KEYS[1], 'z', 'y', waits and 'h' or 'g')
if waits then
  change_lane(lane_of('l'), lane, 'l')
  redis.call('HSET', KEYS[1], 'b', text)
  if hits then redis.call('HSET', KEYS[1], 'h', hits) end
elseif text == '' then
  redis.call('HDEL', KEYS[1], 'e', 'w')
else
  to_lane(lane, 'w')
  redis.call('HSET', KEYS[1], 'e', text)
  if hits then redis.call('HSET', KEYS[1], 'g', hits) end
  edit_waits()
end
if text ~= '' then leave_marks(16, 31, now_ms, ARGV[1]) end
return {'ok', tostring(tonumber(ARGV[9]) + 1), lane, author[1] or '0'}
