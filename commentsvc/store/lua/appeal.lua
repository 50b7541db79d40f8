-- The author of a comment that is not published appeals against the decision in force, once.
--
-- KEYS  1 comment   2 its appeal   3 lane of notices
-- ARGV  1 now_ms   2 comment id (17)   3 version seen   4 the decision in force (26)   5 who made it   6 what the author says
--       7 when it is due (ms)
--
-- Answers {'ok'} · {'again'} this very appeal was made before · {'appealed'} another one was · {'moved'} the comment is not
-- what was seen · {'unknown'}

local comment = redis.call('HMGET', KEYS[1], 's', 'v')
if not comment[1] then return {'unknown'} end
local case = redis.call('HMGET', KEYS[2], 'open', 'of', 'judged', 'text', 'last')
if case[2] == ARGV[4] and case[4] == ARGV[6] then
  redis.call('HSET', KEYS[2], 'of', case[2]) -- so that WAIT after a retry covers the first try
  return {'again'}
end
if case[1] or case[2] == ARGV[4] or case[3] == ARGV[4] then return {'appealed'} end
if comment[2] ~= ARGV[3] or (comment[1] ~= 'rejected' and comment[1] ~= 'spam') then return {'moved'} end

local at = string.format('%.0f', math.max(tonumber(ARGV[1]), tonumber(case[5] or '0') + 1))
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'open', '1', 'at', at, 'last', at, 'due', ARGV[7], 'of', ARGV[4], 'first', ARGV[5], 'text', ARGV[6])
-- What moderators saw is not all there is to judge any more.
redis.call('HINCRBY', KEYS[1], 'v', 1)
redis.call('ZADD', KEYS[3], ARGV[7], ARGV[2])
return {'ok'}
