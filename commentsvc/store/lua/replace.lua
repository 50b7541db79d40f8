-- Compare and set of one record in a hash: the last writer must not win silently.
--
-- KEYS  1 hash
-- ARGV  1 field   2 the value read before, '' for a new one   3 the new value
--
-- Answers 1 when it was written, 0 when somebody was faster.

if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
if KEYS[1] == 'commentsvc:sites' then redis.call('PUBLISH', 'commentsvc:notices', KEYS[1] .. ':' .. ARGV[1]) end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
