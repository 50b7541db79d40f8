--#include move.lua
-- A compensating decision: the comment returns to where it was, if the decision to reverse is still the one in force.
-- It is in force again when all that was decided after it has been reversed: so one goes back step by step.
--
-- KEYS  1-27 as in move.lua   28 the decision to reverse   29 its bulk, if it is part of one
-- ARGV  1-8 as in move.lua   9 id (17) of the decision to reverse   10 when that one was made (ms)
--       11 'bulk' where the whole bulk is being undone: what cannot be undone any more is then passed over
--
-- Answers {'ok', version} · {'again', version, decision} it was reversed before · {'stale', version, status, by, decision, lane, verb}
--       · {'unknown'} no such decision · {'not_yours'} · {'undo'} it is itself an undo

local found = redis.call('HMGET', KEYS[28], 'b', 'undone_version', 'undone_by', 'l', 'g', 'e', 'c')
if not found[1] then return {'unknown'} end
local comment, verb, before, after, by, version, reason, note, prior, previous, over, undo_of = unpack(cmsgpack.unpack(found[1]))
if by ~= ARGV[5] then return {'not_yours'} end
if undo_of ~= '' then return {'undo'} end
if found[3] then
  redis.call('HSET', KEYS[28], 'undone_by', found[3]) -- so that WAIT after a retry covers the first try
  return {'again', found[2], found[3]}
end
local now = redis.call('HMGET', KEYS[1], 'v', 'f', 'x')
local reversed = string.sub(KEYS[28], -26)

-- It can be taken back no more. If it stood for its bulk, the next one that is left does from now on.
local function forget()
  local stood = redis.call('ZREM', KEYS[16], ARGV[9]) == 1
  if not KEYS[29] then return end
  redis.call('ZREM', KEYS[29], ARGV[9])
  local following = stood and redis.call('ZRANGE', KEYS[29], 0, 0)[1]
  if following then redis.call('ZADD', KEYS[16], 0, following) end
end

if (now[2] or in_letters(now[3])) ~= reversed then
  local late = stale() -- before the first write: while a slot moves, a row that is gone already ends the script
  if ARGV[11] == 'bulk' then forget() end
  return late
end

local next_version = tonumber(now[1]) + 1
local edit = found[6] and 'un' .. found[6] or ''
move(after, before, tonumber(now[1]), prior, over, {'undo_of', reversed, 'reversed_at', ARGV[10]}, edit, found[7] or nil)
if verb == 'ask' then
  local field = before == 'pending' and 'l' or 'w'
  change_lane(lane_of(field), found[4], field)
end
if found[5] then open_again(found[5], before) end
redis.call('HSET', KEYS[28], 'undone_by', DECISION, 'undone_version', next_version)
forget()
return {'ok', tostring(next_version)}
