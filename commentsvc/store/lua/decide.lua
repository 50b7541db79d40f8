--#include move.lua
-- A moderator's change of status, if the comment is still the one that the moderator saw.
--
-- KEYS  1-16 as in move.lua
-- ARGV  1-11 as in move.lua   12 version seen   13 status seen   14 status wanted
--
-- Answers {'ok', version} · {'again', version, decision} the same person decided the same about the same version
-- before, so this is a retry after a lost reply · {'stale', version, status, by, at_ms} · {'unknown'} no such comment

local seen = redis.call('HMGET', KEYS[1], 's', 'v', 'm', 'x', 'r')
if not seen[1] then return {'unknown'} end
if seen[2] == tostring(tonumber(ARGV[12]) + 1) and seen[3] == ARGV[5] and seen[1] == ARGV[14] and seen[5] == ARGV[7] then
  redis.call('HSET', KEYS[1], 'x', seen[4]) -- so that WAIT after a retry covers the first try
  return {'again', seen[2], seen[4]}
end
if seen[2] ~= ARGV[12] or seen[1] ~= ARGV[13] then return stale() end

move(ARGV[13], ARGV[14], tonumber(ARGV[12]), ARGV[7], ARGV[3], {})
redis.call('ZADD', KEYS[16], 0, ARGV[3])
redis.call('ZREMRANGEBYRANK', KEYS[16], 0, -51)
return {'ok', tostring(tonumber(ARGV[12]) + 1)}
