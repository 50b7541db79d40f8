-- Compare and set of one record in a hash: the last writer must not win silently.
--
-- KEYS  1 hash   2 the log of changes, where one is kept
-- ARGV  1 field   2 the value read before, '' for a new one   3 the new value   4 the log's row
--
-- Answers 1 when it was written, 0 when somebody was faster.

if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
if KEYS[1] == 'commentsvc:sites' then redis.call('PUBLISH', 'commentsvc:notices', KEYS[1] .. ':' .. ARGV[1]) end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
if KEYS[2] then redis.call('ZADD', KEYS[2], 0, ARGV[4]) end
return 1
