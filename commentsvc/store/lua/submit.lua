-- A submission becomes a pending comment, once.
--
-- KEYS  1 used ticket   2 once (idempotency)   3 thread   4 comment   5 pending index
--       6 author        7 rate                 8 events   9 parent comment (the comment's own key when there is none)
-- ARGV  1 now_ms        2 'right'|'wrong' code 3 ms until the ticket's use may be forgotten
--       4 digest of what is submitted          5 ms the idempotency key is kept
--       6 comment id (17)                      7 thread id (17)             8 thread key
--       9 body                                 10 parent id (17) or ''
--       11 tries per window                    12 window in ms              13 ms the author record is kept, 0 = for ever
--       14 the page it was sent from: address, newline, title
--
-- Answers {'accepted', id (26)} · {'again', id} the same retry · {'reused', ''} the key was used for something else
--       · {'too_many', ms} · {'used', ''} · {'closed', ''} · {'parent', ''} · {'wrong', ''}
-- Nothing is written before the last check; a wrong code spends the ticket and counts against the rate. 'again' writes
-- what is there once more, so that WAIT after it covers the first try.

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
if redis.call('HGET', KEYS[3], 'open') == '0' then return {'closed', ''} end

local above = ''
if ARGV[10] ~= '' then
  local parent = redis.call('HMGET', KEYS[9], 's', 't', 'o')
  if parent[1] ~= 'approved' or parent[2] ~= ARGV[7] then return {'parent', ''} end
  -- At most six ancestors: a deeper reply hangs beside its parent, which it still names.
  above = string.sub((parent[3] or '') .. ARGV[10], 1, 17 * 6)
end

redis.call('SET', KEYS[1], '1', 'PX', ARGV[3])
if redis.call('INCR', KEYS[7]) == 1 then redis.call('PEXPIRE', KEYS[7], ARGV[12]) end
if ARGV[2] ~= 'right' then return {'wrong', ''} end

redis.call('HSET', KEYS[4], 's', 'pending', 'v', 1, 't', ARGV[7], 'b', ARGV[9], 'u', ARGV[14])
if above ~= '' then redis.call('HSET', KEYS[4], 'o', above) end
if string.sub(above, -17) ~= ARGV[10] then redis.call('HSET', KEYS[4], 'q', ARGV[10]) end
redis.call('ZADD', KEYS[5], 0, ARGV[6])
redis.call('HSET', KEYS[3], 'key', ARGV[8])
redis.call('HINCRBY', KEYS[3], 'pending', 1)
redis.call('HINCRBY', KEYS[6], 'pending', 1)
if ARGV[13] ~= '0' then redis.call('PEXPIRE', KEYS[6], ARGV[13]) end
local id = string.sub(KEYS[4], -26)
redis.call('HSET', KEYS[2], 'id', id, 'digest', ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
redis.call('XADD', KEYS[8], '*', 'type', 'comment.submitted', 'comment', id, 'at', ARGV[1])
return {'accepted', id}
