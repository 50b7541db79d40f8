-- What the author of a comment wishes to be told, if that is still what it was when it was read.
--
-- KEYS  1 comment   2 delivery (the comment's own key when no letter is to be written)   3 due letters
--       4 receivers with deliveries
-- ARGV  1 the wish as it was read, or ''   2 the wish from now on   3 the comment's last decision as it was read (17), or ''
--       4 delivery id, or '' for no letter   5 when it is due (ms)   6… the delivery's fields
--
-- Answers 'ok' · 'stale' the wish or the comment is another by now · 'unknown' there is no such comment, or only its tombstone

local now = redis.call('HMGET', KEYS[1], 'b', 'i', 'x')
if not now[1] then return 'unknown' end
if now[2] == ARGV[2] then
  redis.call('HSET', KEYS[1], 'i', ARGV[2]) -- so that WAIT after a retry covers the first try
  return 'ok'
end
if (now[2] or '') ~= ARGV[1] or (now[3] or '') ~= ARGV[3] then return 'stale' end
redis.call('HSET', KEYS[1], 'i', ARGV[2])
if ARGV[4] ~= '' then
  redis.call('HSET', KEYS[2], 'tries', 0, unpack(ARGV, 6))
  redis.call('ZADD', KEYS[3], ARGV[5], ARGV[4])
  redis.call('SADD', KEYS[4], 'mail')
end
return 'ok'
