-- Counts a failed try in a window.
--
-- KEYS  1 counter
-- ARGV  1 window in ms
--
-- Answers the number of tries in the present window.

local tries = redis.call('INCR', KEYS[1])
if tries == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return tries
