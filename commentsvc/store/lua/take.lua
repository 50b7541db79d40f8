-- Hands due deliveries of one webhook to one worker, until a time after which another may take them.
--
-- KEYS  1 due index of the webhook   2 prefix of the deliveries' keys
-- ARGV  1 now_ms   2 until_ms   3 how many
--
-- Answers a pair a delivery: {id, its hash as a flat list}; `tries` in it counts this one already and is the fence that
-- settle.lua asks for.

local taken = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])) do
  if redis.call('EXISTS', KEYS[2] .. id) == 0 then
    redis.call('ZREM', KEYS[1], id)
  else
    redis.call('HINCRBY', KEYS[2] .. id, 'tries', 1)
    redis.call('ZADD', KEYS[1], ARGV[2], id)
    taken[#taken + 1] = {id, redis.call('HGETALL', KEYS[2] .. id)}
  end
end
return taken
