--#include move.lua
-- The author takes the comment back: text, name and address go, a tombstone stays, replies stay.
--
-- KEYS  1-24 as in move.lua
-- ARGV  1-8 as in move.lua   9… statuses from which this is possible
--
-- Answers {'ok', version} · {'again', version, decision} it was withdrawn before
--       · {'stale', …} it is in none of these statuses · {'unknown'}

local seen = redis.call('HMGET', KEYS[1], 's', 'v', 'x')
if not seen[1] then return {'unknown'} end
if seen[1] == 'erased' then
  redis.call('HSET', KEYS[1], 's', 'erased') -- so that WAIT after a retry covers the first try
  return {'again', seen[2], seen[3] and in_letters(seen[3]) or ''}
end
local possible = false
for i = 9, #ARGV do possible = possible or ARGV[i] == seen[1] end
if not possible then return stale() end

move(seen[1], 'erased', tonumber(seen[2]), '', DECISION, {})
redis.call('HDEL', KEYS[1], 'b', 'u')
return {'ok', tostring(tonumber(seen[2]) + 1)}
