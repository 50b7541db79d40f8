-- A published comment is reported: all reports of it wait as one case, until it is judged.
--
-- KEYS  1 comment   2 its reports   3 lane of notices   4 rate of the network   5 used ticket
-- ARGV  1 now_ms   2 comment id (17)   3 reason   4 when it is due (ms)   5 who says what, hashed (6 bytes)
--       6 a written notice, packed, or ''   7 '' without a code, 'right' or 'wrong' with one
--       8 ms until the ticket's use may be forgotten   9 tries per window without a code   10 with one   11 window in ms
--       12 how many written notices are kept
--
-- Answers {'ok', at_ms} · {'again', at_ms} the same network said so before, or a moderator has kept the comment as it is
--       · {'unpublished'} · {'too_many', ms} · {'code'} it takes one · {'used'} · {'wrong'}
-- A written notice raises the comment's version: a decision by who has not seen it is stale. A tap on a rule does not, or
-- a flood of them would keep moderators from deciding; and the versions that a flood can raise are as few as the notices kept.

local KNOWN = 200 -- networks that are told apart
local function again(at)
  redis.call('HSET', KEYS[2], 'last', redis.call('HGET', KEYS[2], 'last')) -- so that WAIT after it covers the first try
  return {'again', at}
end

local comment = redis.call('HMGET', KEYS[1], 's', 'v')
if comment[1] ~= 'approved' then return {'unpublished'} end
local tries = tonumber(redis.call('GET', KEYS[4]) or '0')
if tries >= tonumber(ARGV[10]) then return {'too_many', tostring(math.max(redis.call('PTTL', KEYS[4]), 1000))} end
if ARGV[7] == '' and (ARGV[6] ~= '' or tries >= tonumber(ARGV[9])) then return {'code'} end
if ARGV[7] ~= '' and redis.call('EXISTS', KEYS[5]) == 1 then return {'used'} end

if redis.call('INCR', KEYS[4]) == 1 then redis.call('PEXPIRE', KEYS[4], ARGV[11]) end
if ARGV[7] ~= '' then redis.call('SET', KEYS[5], '1', 'PX', ARGV[8]) end
if ARGV[7] == 'wrong' then return {'wrong'} end

local case = redis.call('HMGET', KEYS[2], 'open', 'last', 'due', 'by', 'c', 'w', 'version')
local waits = case[1] and true or false
-- A rule's tap on what was just judged and is still the same has its answer already.
if not waits and ARGV[6] == '' and case[7] == comment[2] then return again(case[2]) end
if waits and string.find(case[4], ARGV[5], 1, true) then return again(case[2]) end

local at = string.format('%.0f', math.max(tonumber(ARGV[1]), tonumber(case[2] or '0') + 1))
local counts = waits and cmsgpack.unpack(case[5]) or {}
local written = waits and case[6] and cmsgpack.unpack(case[6]) or {}
counts[ARGV[3]] = (counts[ARGV[3]] or 0) + 1
local by = waits and case[4] or ''
if #by < KNOWN * 6 then by = by .. ARGV[5] end
local due = waits and math.min(tonumber(case[3]), tonumber(ARGV[4])) or tonumber(ARGV[4])
due = string.format('%.0f', due)
if not waits then redis.call('HDEL', KEYS[2], 'w', 'judged', 'version') end
redis.call('HSET', KEYS[2], 'open', '1', 'at', waits and redis.call('HGET', KEYS[2], 'at') or at, 'last', at, 'due', due,
  'by', by, 'c', cmsgpack.pack(counts))
if ARGV[6] ~= '' and #written < tonumber(ARGV[12]) then
  written[#written + 1] = cmsgpack.unpack(ARGV[6])
  redis.call('HSET', KEYS[2], 'w', cmsgpack.pack(written))
  redis.call('HINCRBY', KEYS[1], 'v', 1)
end
redis.call('PERSIST', KEYS[2])
redis.call('ZADD', KEYS[3], due, ARGV[2])
return {'ok', at}
