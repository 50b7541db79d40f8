--#include move.lua
-- A compensating decision: the comment returns to where it was, if the decision to reverse is still the one in force.
-- It is in force again when all that was decided after it has been reversed: so one goes back step by step.
--
-- KEYS  1-16 as in move.lua   17 the decision to reverse
-- ARGV  1-11 as in move.lua   12 id (26) of the decision to reverse
--
-- Answers {'ok', version} · {'again', version, decision} it was reversed before · {'stale', version, status, by, at_ms}
--       · {'unknown'} no such decision · {'not_yours'} · {'undo'} it is itself an undo

local row = redis.call('HMGET', KEYS[17], 'by', 'before', 'after', 'undone_version', 'undone_by', 'undo_of', 'prior',
  'at', 'over')
if not row[1] then return {'unknown'} end
if row[1] ~= ARGV[5] then return {'not_yours'} end
if row[6] then return {'undo'} end
if row[5] then
  redis.call('HSET', KEYS[17], 'undone_by', row[5]) -- so that WAIT after a retry covers the first try
  return {'again', row[4], row[5]}
end
local now = redis.call('HMGET', KEYS[1], 'v', 'f')
if now[2] ~= ARGV[12] then return stale() end

local version = tonumber(now[1])
move(row[3], row[2], version, row[7], row[9], {'undo_of', ARGV[12], 'reversed_at', row[8]})
redis.call('HSET', KEYS[17], 'undone_by', ARGV[3], 'undone_version', version + 1)
redis.call('ZREM', KEYS[16], ARGV[12])
return {'ok', tostring(version + 1)}
