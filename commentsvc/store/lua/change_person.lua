-- Changes something of a person, ends sessions and writes it into the log: all of it or nothing.
--
-- KEYS  1 the person   2 sessions   3 recovery codes   4 the log of changes
-- ARGV  1 field   2 the value read before, '' for none   3 the new value, '' to remove the field
--       4 row of the log, '' for none   5 sessions that stay: 'all', '' for none, or the hash of one
--       6 'codes' when the recovery codes become those of 8.. , else ''   7 fields to remove, separated by commas
--       8.. hashes of recovery codes
--
-- Answers 1 when it was written, 0 when somebody was faster.

if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
for field in string.gmatch(ARGV[7], '[^,]+') do redis.call('HDEL', KEYS[1], field) end
if ARGV[5] ~= 'all' then
  local kept = ARGV[5] ~= '' and redis.call('HGET', KEYS[2], ARGV[5])
  redis.call('DEL', KEYS[2])
  if kept then redis.call('HSET', KEYS[2], ARGV[5], kept) end
end
if ARGV[6] == 'codes' then
  redis.call('DEL', KEYS[3])
  for at = 8, #ARGV do redis.call('SADD', KEYS[3], ARGV[at]) end
end
if ARGV[4] ~= '' then redis.call('ZADD', KEYS[4], 0, ARGV[4]) end
return 1
