-- Uses an authenticator's code or a recovery code: each is good once, whoever is faster.
--
-- KEYS  1 the person   2 recovery codes
-- ARGV  1 the second factor as it was read   2 the step whose code was typed, '' for a recovery code   3 the latter's hash
--
-- Answers 1, or 0 when it was used before, or the factor is another by now.

if redis.call('HGET', KEYS[1], 'factor') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then return redis.call('SREM', KEYS[2], ARGV[3]) end
if tonumber(ARGV[2]) <= tonumber(redis.call('HGET', KEYS[1], 'step') or '-1') then return 0 end
redis.call('HSET', KEYS[1], 'step', ARGV[2])
return 1
