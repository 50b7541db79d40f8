-- Compare and set of one site's record: the last writer must not win silently.
--
-- KEYS  1 sites
-- ARGV  1 site key   2 the value read before, '' for a new one   3 the new value
--
-- Answers 1 when it was written, 0 when somebody was faster.

if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('PUBLISH', 'commentsvc:notices', KEYS[1] .. ':' .. ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
