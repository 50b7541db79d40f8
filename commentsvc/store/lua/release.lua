-- Gives leases back early; only what the holder still holds under that token.
--
-- KEYS  1 leases
-- ARGV  1 holder   2… pairs of comment id (26) and fencing token
--
-- Answers how many were released.

local released = 0
for i = 2, #ARGV, 2 do
  local holder, token = string.match(redis.call('HGET', KEYS[1], ARGV[i]) or '', '^(.*)|(%d+)|%d+$')
  if holder == ARGV[1] and token == ARGV[i + 1] then
    released = released + redis.call('HDEL', KEYS[1], ARGV[i])
  end
end
return released
