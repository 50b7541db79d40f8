--#include ids.lua
-- The oldest of an index of waiting comments that are nobody else's and not put off. Read only.
--
-- KEYS  1 the index: a lane, or all that is pending   2 leases   3 put off
-- ARGV  1 now_ms   2 holder, whose own come too   3 id (17) after which to go on, or ''   4 how many are wanted
--       5 how many to look at
--
-- Answers {found (17 bytes each, joined), id (17) to go on after, or '' at the end of the index}.

local CHUNK = 50
local leased, put_off = redis.call('EXISTS', KEYS[2]) == 1, redis.call('EXISTS', KEYS[3]) == 1
local now, wanted, look = tonumber(ARGV[1]), tonumber(ARGV[4]), tonumber(ARGV[5])
local found, after = {}, ARGV[3]

local function till(value)
  local who, ms = string.match(value or '', '^([^|]*)|.-(%d+)$')
  if who and tonumber(ms) > now then return who end
end

while #found < wanted and look > 0 do
  local ids = redis.call('ZRANGEBYLEX', KEYS[1], after == '' and '-' or '(' .. after, '+', 'LIMIT', 0, math.min(CHUNK, look))
  if #ids == 0 then return {table.concat(found), ''} end
  local names = {}
  if leased or put_off then
    for i = 1, #ids do names[i] = in_letters(ids[i]) end
  end
  local leases = leased and redis.call('HMGET', KEYS[2], unpack(names)) or {}
  local offs = put_off and redis.call('HMGET', KEYS[3], unpack(names)) or {}
  for i = 1, #ids do
    after = ids[i]
    local holder = till(leases[i])
    if (not holder or holder == ARGV[2]) and not till(offs[i]) then found[#found + 1] = ids[i] end
    if #found == wanted then break end
  end
  look = look - #ids
end
return {table.concat(found), after}
