--#include move.lua
--#include index.lua
-- The author takes the comment back: text, name, address, what waits and what was kept of edits, and what was to be told
-- go, and who liked it; a tombstone stays, replies stay.
--
-- KEYS  1-27 as in move.lua   28 who liked it   29 thread's likes
--       30-31 the ids and bits of the segment that it stands in, where it is in the search index
-- ARGV  1-8 as in move.lua   9 its first row there   10 how many rows it has   11… statuses from which this is possible
--
-- Answers {'ok', version} · {'again', version, decision} it was withdrawn before
--       · {'stale', …} it is in none of these statuses · {'unknown'} · {'elsewhere'} in the index by now

local seen = redis.call('HMGET', KEYS[1], 's', 'v', 'x', 'e')
if not seen[1] then return {'unknown'} end
if seen[1] == 'erased' then
  redis.call('HSET', KEYS[1], 's', 'erased') -- so that WAIT after a retry covers the first try
  return {'again', seen[2], seen[3] and in_letters(seen[3]) or ''}
end
local possible = false
for i = 11, #ARGV do possible = possible or ARGV[i] == seen[1] end
if not possible then return stale() end
if KEYS[30] and not leave(KEYS[30], KEYS[31], tonumber(ARGV[9]), tonumber(ARGV[10]), ARGV[1]) then return {'elsewhere'} end

move(seen[1], 'erased', tonumber(seen[2]), '', DECISION, {}, seen[4] and 'drop' or '')
redis.call('UNLINK', KEYS[28])
redis.call('ZREM', KEYS[29], ARGV[1])
redis.call('HDEL', KEYS[1], 'b', 'u', 'i', 'h', 'e', 'g', 'w', 'z', 'y')
return {'ok', tostring(tonumber(seen[2]) + 1)}
