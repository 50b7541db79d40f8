--#include move.lua
-- A moderator's change of status, if the comment is still the one that the moderator saw.
--
-- KEYS  1-27 as in move.lua   28 the bulk, if it is part of one
-- ARGV  1-8 as in move.lua   9 version seen   10 status seen   11 status wanted   12 the bulk's id (26) or ''
--       13 ms the bulk can be undone   14 what becomes of an edit that waits: 'adopt', 'drop', 'leave', or '' where none does
--
-- Answers {'ok', version} · {'again', version, decision} the same person decided the same about the same version
-- before, so this is a retry after a lost reply · {'stale', version, status, by, decision, lane, verb} where lane is
-- where it waits, '' where it does not · {'unknown'} no such comment · {'no_case'} nothing was brought that this could answer
-- (or the comment is featured as it is wished to be) · {'first'} an appeal is for somebody else to judge

local seen = redis.call('HMGET', KEYS[1], 's', 'v', 'm', 'x', 'r', 'e', 'c')
if not seen[1] then return {'unknown'} end
local choice = CHOICE[ARGV[4]]
local stays = choice or ARGV[4] == 'uphold' or ARGV[4] == 'keep' -- which leaves the reason as it was
local reason = stays and ARGV[7] or seen[5] or ''
if seen[2] == tostring(tonumber(ARGV[9]) + 1) and seen[3] == ARGV[5] and seen[1] == ARGV[11] and reason == ARGV[7]
  and was_last(seen[4], seen[2]) then
  redis.call('HSET', KEYS[1], 'x', seen[4]) -- so that WAIT after a retry covers the first try
  return {'again', seen[2], in_letters(seen[4])}
end
if seen[2] ~= ARGV[9] or seen[1] ~= ARGV[10] or (ARGV[14] == '') ~= not seen[6] then return stale() end
if (ARGV[4] == 'keep' and not waits(REPORTS)) or (ARGV[4] == 'uphold' and not waits(APPEAL)) then return {'no_case'} end
if choice and choice == (seen[7] or '0') then return {'no_case'} end
if not may_judge() then return {'first'} end

move(ARGV[10], ARGV[11], tonumber(ARGV[9]), ARGV[7], DECISION, {}, ARGV[14])
if ARGV[12] == '' then
  remember()
else
  redis.call('HSET', KEYS[10], 'k', ARGV[12])
  redis.call('ZADD', KEYS[28], 0, ARGV[3])
  redis.call('PEXPIRE', KEYS[28], ARGV[13])
  -- The first one stands for all of them: the bulk is one step.
  if redis.call('ZCARD', KEYS[28]) == 1 then remember() end
end
return {'ok', tostring(tonumber(ARGV[9]) + 1)}
