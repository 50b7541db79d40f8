-- Restricts an author in one partition, or lifts what was laid on the author; in the first one a row says who did.
--
-- KEYS  1 author   2 what was imposed on the author   3 what was imposed on the site's authors (2 and 3 in partition 0)
-- ARGV  1 until when (ms), 'hold', or '' to lift   2 ms that the record of a network is kept at least, 0 = for ever
--       3 the row's id (26)   4 the row, packed   5 the row's id (17) and the author's key
--
-- Answers 1. Sent again it changes nothing.

local function kept(key)
  if ARGV[2] ~= '0' and redis.call('PTTL', key) < tonumber(ARGV[2]) then redis.call('PEXPIRE', key, ARGV[2]) end
end

if ARGV[1] == '' then
  redis.call('HDEL', KEYS[1], 'until')
else
  redis.call('HSET', KEYS[1], 'until', ARGV[1])
  kept(KEYS[1])
end
if KEYS[2] then
  redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
  kept(KEYS[2])
  redis.call('ZADD', KEYS[3], 0, ARGV[5])
end
return 1
