-- What became of a delivery that was taken, unless another worker has taken it since.
--
-- KEYS  1 due index of the webhook   2 delivery   3 dead letters
-- ARGV  1 delivery id   2 tries as taken   3 'done'|'again'|'back'|'dead'   4 ms: when it is due again, when it died
--       5 why it failed
--
-- Answers 1, or 0 when it is no longer this worker's to settle. 'back' is a try that does not count.

if redis.call('HGET', KEYS[2], 'tries') ~= ARGV[2] or not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
if ARGV[3] == 'done' then
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('DEL', KEYS[2])
  return 1
end
redis.call('HSET', KEYS[2], 'error', ARGV[5])
if ARGV[3] == 'dead' then
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('ZADD', KEYS[3], ARGV[4], ARGV[1])
  return 1
end
if ARGV[3] == 'back' then redis.call('HINCRBY', KEYS[2], 'tries', -1) end
redis.call('ZADD', KEYS[1], ARGV[4], ARGV[1])
return 1
