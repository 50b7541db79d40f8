-- Counts a letter to somebody, or one that somebody asks for, unless there were enough of them today.
--
-- KEYS  1 letters of today
-- ARGV  1 the letter: one that is counted already is counted once   2 how many there may be   3 a day in ms
--
-- Answers 1, or 0 when there were enough.

if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return 1 end
local before = redis.call('HLEN', KEYS[1])
if before >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], 1)
if before == 0 then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return 1
