-- Opens or closes a thread for submissions, or has all of them held.
--
-- KEYS  1 thread
-- ARGV  1 '1' open | 'h' open, and what comes is held | '0' closed   2 thread key   3 now_ms
--
-- Answers 1 when that changed anything, else 0.

local now = redis.call('HGET', KEYS[1], 'open')
if (now or '1') == ARGV[1] then
  if now then redis.call('HSET', KEYS[1], 'open', now) end -- so that WAIT after a retry covers the first try
  return 0
end
redis.call('PUBLISH', 'commentsvc:notices', KEYS[1])
local revision = math.max(tonumber(redis.call('HGET', KEYS[1], 'rev') or '0') + 1, tonumber(ARGV[3]))
redis.call('HSET', KEYS[1], 'key', ARGV[2], 'open', ARGV[1], 'rev', string.format('%.0f', revision))
return 1
