--#include ids.lua
-- Waiting comments are not handed out to anybody until a time; their leases end. They stay where they are in the queue.
--
-- KEYS  1 put off   2 leases   3 pending index
-- ARGV  1 who and until when, as stored, or '' to hand them out again   2… comment ids (17)
--
-- Answers how many of them wait.

local count = 0
for i = 2, #ARGV do
  if redis.call('ZSCORE', KEYS[3], ARGV[i]) then
    local id = in_letters(ARGV[i])
    if ARGV[1] == '' then redis.call('HDEL', KEYS[1], id) else redis.call('HSET', KEYS[1], id, ARGV[1]) end
    redis.call('HDEL', KEYS[2], id)
    count = count + 1
  end
end
return count
