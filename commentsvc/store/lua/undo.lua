--#include move.lua
-- A compensating decision: the comment returns to where it was, if nobody has acted since.
--
-- KEYS  1-16 as in move.lua   17 the decision to reverse
-- ARGV  1-11 as in move.lua   12 id (26) of the decision to reverse
--
-- Answers {'ok', version} · {'again', version, decision} it was reversed before · {'stale', version, status, by, at_ms}
--       · {'unknown'} no such decision · {'not_yours'} · {'undo'} it is itself an undo

local row = redis.call('HMGET', KEYS[17], 'by', 'before', 'after', 'version', 'undone_by', 'undo_of', 'prior', 'at')
if not row[1] then return {'unknown'} end
if row[1] ~= ARGV[5] then return {'not_yours'} end
if row[6] then return {'undo'} end
if row[5] then return {'again', tostring(tonumber(row[4]) + 1), row[5]} end
if redis.call('HGET', KEYS[1], 'v') ~= row[4] then return stale() end

move(row[3], row[2], tonumber(row[4]), row[7], {'undo_of', ARGV[12], 'reversed_at', row[8]})
redis.call('HSET', KEYS[17], 'undone_by', ARGV[3])
redis.call('ZREM', KEYS[16], ARGV[12])
return {'ok', tostring(tonumber(row[4]) + 1)}
