-- Lets the likes of a thread be seen: its pages are made anew once, for however many there were.
--
-- KEYS  1 threads with likes not shown yet   2 thread
-- ARGV  1 thread id (17)   2 now_ms
--
-- Answers 1, or 0 when somebody else did it.

if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
-- Before the first write, as in move.lua.
redis.call('PUBLISH', 'commentsvc:notices', KEYS[2])
redis.call('ZREM', KEYS[1], ARGV[1])
local revision = math.max(tonumber(redis.call('HGET', KEYS[2], 'rev') or '0') + 1, tonumber(ARGV[2]))
redis.call('HSET', KEYS[2], 'rev', string.format('%.0f', revision))
return 1
