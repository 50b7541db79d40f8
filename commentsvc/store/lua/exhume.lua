-- A dead letter is tried again from the beginning, or dropped for good.
--
-- KEYS  1 due index of the webhook   2 delivery   3 dead letters   4 webhooks with deliveries
-- ARGV  1 delivery id   2 'retry'|'drop'   3 now_ms   4 webhook id
--
-- Answers 1, or 0 when there is no such dead letter.

if redis.call('ZREM', KEYS[3], ARGV[1]) == 0 then return 0 end
if ARGV[2] == 'drop' then
  redis.call('DEL', KEYS[2])
else
  redis.call('HSET', KEYS[2], 'tries', 0)
  redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
  redis.call('SADD', KEYS[4], ARGV[4])
end
return 1
