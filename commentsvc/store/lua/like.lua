-- One like of a published comment, once for each person as far as that can be told. The page that shows it is not made
-- anew for it: `show_likes.lua` does that now and then.
--
-- KEYS  1 comment   2 who liked it   3 thread's likes   4 threads with likes not shown yet   5 rate
-- ARGV  1 comment id (17)   2 thread id (17)   3 digest of the network   4 digest of the browser (4 bytes)
--       5 most browsers of a network   6 most networks of a comment   7 ms that who liked is remembered
--       8 tries per window   9 window in ms
--
-- Answers {'liked', likes} · {'again', likes}, also where a network or comment has all that it may have
--       · {'too_many', ms} · {'gone', '0'} for a comment that is not public in this thread.

local tries = tonumber(redis.call('GET', KEYS[5]) or '0')
if tries >= tonumber(ARGV[8]) then return {'too_many', tostring(math.max(redis.call('PTTL', KEYS[5]), 1000))} end
local comment = redis.call('HMGET', KEYS[1], 's', 't')
if comment[1] ~= 'approved' or comment[2] ~= ARGV[2] then return {'gone', '0'} end

local function likes() return redis.call('ZSCORE', KEYS[3], ARGV[1]) or '0' end

local browsers = redis.call('HGET', KEYS[2], ARGV[3]) or ''
local before = #browsers >= 4 * tonumber(ARGV[5])
  or (browsers == '' and redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[6]))
for at = 1, #browsers, 4 do
  before = before or string.sub(browsers, at, at + 3) == ARGV[4]
end

if redis.call('INCR', KEYS[5]) == 1 then redis.call('PEXPIRE', KEYS[5], ARGV[9]) end
if before then return {'again', likes()} end
redis.call('HSET', KEYS[2], ARGV[3], browsers .. ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[7])
redis.call('ZINCRBY', KEYS[3], 1, ARGV[1])
redis.call('ZADD', KEYS[4], 0, ARGV[2])
return {'liked', likes()}
