-- Opens or closes a thread for submissions.
--
-- KEYS  1 thread
-- ARGV  1 '1' open | '0' closed   2 thread key
--
-- Answers 1 when that changed anything, else 0.

if (redis.call('HGET', KEYS[1], 'open') or '1') == ARGV[1] then return 0 end
redis.call('PUBLISH', 'commentsvc:notices', KEYS[1])
redis.call('HSET', KEYS[1], 'key', ARGV[2], 'open', ARGV[1])
redis.call('HINCRBY', KEYS[1], 'rev', 1)
return 1
