--#include index.lua
--#include numbers.lua
--#include triage.lua
-- A submission becomes a pending comment, once, in the lane that its hits choose.
--
-- KEYS  1 used ticket   2 once (idempotency)   3 thread   4 comment   5 pending index
--       6 author        7 rate                 8 events   9 parent comment (the comment's own key when there is none)
--       10 thread's waiting   11-16 lanes, in the order of domain/lane.py   17 search index
--       18 the hour's numbers   19 the day's busiest articles   20… near-identical: a bucket for each mark
-- ARGV  1 now_ms        2 'right'|'wrong' code 3 ms until the ticket's use may be forgotten
--       4 digest of what is submitted          5 ms the idempotency key is kept
--       6 comment id (17)                      7 thread id (17)             8 thread key
--       9 body                                 10 parent id (17) or ''
--       11 tries per window                    12 window in ms              13 ms the author record is kept, 0 = for ever
--       14 the page it was sent from: address, newline, title   15 its rows in the search index
--       16 lane that the text chooses          17 how many hits the text has   18 those hits, packed, in a row
--       19-21 first-time: fewer approved comments than this, its lane and hit; 0 = no such rule
--       22 the author's approved comments in other partitions
--       23-25 repeat: so many near-identical ones before, the lane and hit; 0 = no such rule
--       26-27 an author who is always held: the lane and hit
--       28 ms after which what was said is no longer a repeat, and marks may be forgotten
--       29-30 an article on which all is held: the lane and hit
--       31 how many marks are of the words     32… marks (3 bytes each), those of the words first
--
-- Answers {'accepted', id (26), lane, approved comments of the author here} · {'again', id} the same retry
--       · {'reused', ''} the key was used for something else · {'too_many', ms} · {'used', ''} · {'closed', ''}
--       · {'parent', ''} · {'wrong', ''} · {'restricted', until_ms}
-- Nothing is written before the last check but that the ticket was used: a wrong code spends it and counts against the
-- rate, and so does a restricted author's right one, or it would tell for as many addresses as one likes whether they
-- are restricted. 'again' writes what is there once more, so that WAIT after it covers the first try.

local LANE = {notices = 11, held = 12, first_time = 13, new = 14, colleague = 15, likely_spam = 16}

local made = redis.call('HMGET', KEYS[2], 'id', 'digest')
if made[1] then
  if made[2] ~= ARGV[4] then return {'reused', ''} end
  redis.call('HSET', KEYS[2], 'digest', ARGV[4])
  return {'again', made[1]}
end

local tries = tonumber(redis.call('GET', KEYS[7]) or '0')
if tries >= tonumber(ARGV[11]) then
  return {'too_many', tostring(math.max(redis.call('PTTL', KEYS[7]), 1000))}
end
if redis.call('EXISTS', KEYS[1]) == 1 then return {'used', ''} end
local taking = redis.call('HGET', KEYS[3], 'open')
if taking == '0' then return {'closed', ''} end

local above = ''
if ARGV[10] ~= '' then
  local parent = redis.call('HMGET', KEYS[9], 's', 't', 'o')
  if parent[1] ~= 'approved' or parent[2] ~= ARGV[7] then return {'parent', ''} end
  -- At most six ancestors: a deeper reply hangs beside its parent, which it still names.
  above = string.sub((parent[3] or '') .. ARGV[10], 1, 17 * 6)
end
local author = redis.call('HMGET', KEYS[6], 'approved', 'until', 'last')

local segment, used = room_for(KEYS[17], #ARGV[15])
redis.call('SET', KEYS[1], '1', 'PX', ARGV[3])
if redis.call('INCR', KEYS[7]) == 1 then redis.call('PEXPIRE', KEYS[7], ARGV[12]) end
if ARGV[2] ~= 'right' then
  count(KEYS[18], 'wrong')
  return {'wrong', ''}
end
if author[2] and author[2] ~= 'hold' and tonumber(author[2]) > tonumber(ARGV[1]) then return {'restricted', author[2]} end

local lane, hits = triaged(16, 19, author, tonumber(ARGV[1]), taking)

local fields = {'s', 'pending', 'v', 1, 't', ARGV[7], 'b', ARGV[9], 'u', ARGV[14]}
local function add(name, value)
  fields[#fields + 1] = name
  fields[#fields + 1] = value
end
if above ~= '' then add('o', above) end
if string.sub(above, -17) ~= ARGV[10] then add('q', ARGV[10]) end
if lane ~= 'new' then add('l', lane) end
if hits then add('h', hits) end
if author[3] then add('p', author[3]) end
redis.call('HSET', KEYS[4], unpack(fields))
redis.call('ZADD', KEYS[5], 0, ARGV[6])
redis.call('ZADD', KEYS[LANE[lane]], 0, ARGV[6])
redis.call('ZADD', KEYS[10], 0, above .. ARGV[6])
leave_marks(16, 19, tonumber(ARGV[1]), ARGV[6])
redis.call('HSET', KEYS[3], 'key', ARGV[8])
redis.call('HINCRBY', KEYS[3], 'pending', 1)
redis.call('HINCRBY', KEYS[6], 'pending', 1)
redis.call('HSET', KEYS[6], 'last', ARGV[6])
if ARGV[13] ~= '0' then redis.call('PEXPIRE', KEYS[6], ARGV[13]) end
local id = string.sub(KEYS[4], -26)
redis.call('HSET', KEYS[2], 'id', id, 'digest', ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
enter(KEYS[17], segment, used, ARGV[6], ARGV[15])
count(KEYS[18], 'arrived')
busy(KEYS[19], ARGV[7])
redis.call('XADD', KEYS[8], '*', 'type', 'comment.submitted', 'comment', id, 'at', ARGV[1])
return {'accepted', id, lane, author[1] or '0'}
