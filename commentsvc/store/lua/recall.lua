-- The submission that was made under an idempotency key, if it is this very one.
--
-- KEYS  1 once (idempotency)
-- ARGV  1 digest of what is submitted
--
-- Answers its id (26), or '' when there is none. What is known is written once more, as it is: WAIT after this script
-- then proves that the replicas have the submission, however long ago it was made.

local made = redis.call('HMGET', KEYS[1], 'id', 'digest')
if not made[1] or made[2] ~= ARGV[1] then return '' end
redis.call('HSET', KEYS[1], 'digest', ARGV[1])
return made[1]
