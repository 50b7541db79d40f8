-- Removes deliveries that nobody will make: those of a webhook that was removed, or dead letters that are too old.
--
-- KEYS  1 index of deliveries   2 prefix of the deliveries' keys   3 webhooks with deliveries
-- ARGV  1 highest score, '+inf' for all   2 how many   3 webhook id to forget once its index is empty, or ''
--
-- Answers how many were removed.

local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for i = 1, #ids do
  redis.call('DEL', KEYS[2] .. ids[i])
  redis.call('ZREM', KEYS[1], ids[i])
end
if ARGV[3] ~= '' and redis.call('EXISTS', KEYS[1]) == 0 then redis.call('SREM', KEYS[3], ARGV[3]) end
return #ids
