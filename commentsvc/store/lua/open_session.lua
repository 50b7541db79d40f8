-- Opens a session, if the person still has the password that was given, and keeps their number bounded.
--
-- KEYS  1 the person   2 sessions
-- ARGV  1 hash of the secret   2 its value, `expires_ms idle_ms …`   3 now_ms   4 the most there may be
--       5 the password's hash, which must be in the record, '' where none was given   6 hash of a session that ends, or ''
--
-- Answers 1, or 0 when the password is another by now, or the session that should end has ended already.

if ARGV[5] ~= '' then
  local record = redis.call('HGET', KEYS[1], 'record')
  if not record or cjson.decode(record)['password_hash'] ~= ARGV[5] then return 0 end
end
if ARGV[6] ~= '' and redis.call('HDEL', KEYS[2], ARGV[6]) == 0 then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
if redis.call('HLEN', KEYS[2]) <= tonumber(ARGV[4]) then return 1 end
local now, oldest, idle = tonumber(ARGV[3]), nil, nil
local all = redis.call('HGETALL', KEYS[2])
for at = 1, #all, 2 do
  local expires, idles = string.match(all[at + 1], '^(%d+) (%d+)')
  if math.min(tonumber(expires), tonumber(idles)) <= now then
    redis.call('HDEL', KEYS[2], all[at])
  elseif all[at] ~= ARGV[1] and (not idle or tonumber(idles) < idle) then
    oldest, idle = all[at], tonumber(idles)
  end
end
if redis.call('HLEN', KEYS[2]) > tonumber(ARGV[4]) and oldest then redis.call('HDEL', KEYS[2], oldest) end
return 1
