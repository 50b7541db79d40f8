--#include ids.lua
-- Hands comments that wait, or about which a report or an appeal does, to one moderator for a while: it informs others
-- and never blocks a decision.
--
-- KEYS  1 leases   2 fence   3 pending index   4 lane of notices
-- ARGV  1 now_ms   2 until_ms   3 holder   4… comment ids (17)
--
-- Answers one row a given id: {id (26), holder, token, until_ms} of a lease now held by ARGV[3] or by the colleague named;
-- an id about which nothing waits any more is left out. Leasing again renews, with the token kept.

local given = {}
for i = 4, #ARGV do
  if redis.call('ZSCORE', KEYS[3], ARGV[i]) or redis.call('ZSCORE', KEYS[4], ARGV[i]) then
    local id = in_letters(ARGV[i])
    local holder, token, till = string.match(redis.call('HGET', KEYS[1], id) or '', '^(.*)|(%d+)|(%d+)$')
    if not holder or tonumber(till) <= tonumber(ARGV[1]) then
      holder, token = ARGV[3], tostring(redis.call('INCR', KEYS[2]))
    end
    if holder == ARGV[3] then
      till = ARGV[2]
      redis.call('HSET', KEYS[1], id, holder .. '|' .. token .. '|' .. ARGV[2])
    end
    given[#given + 1] = {id, holder, token, till}
  end
end
return given
