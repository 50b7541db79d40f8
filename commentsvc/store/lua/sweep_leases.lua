-- Removes leases past their time that no decision has removed.
--
-- KEYS  1 leases
-- ARGV  1 now_ms   2 cursor   3 how many to look at
--
-- Answers {next cursor, how many were removed}.

local page = redis.call('HSCAN', KEYS[1], ARGV[2], 'COUNT', ARGV[3])
local removed = 0
for i = 1, #page[2], 2 do
  local till = string.match(page[2][i + 1], '|(%d+)$')
  if till and tonumber(till) <= tonumber(ARGV[1]) then removed = removed + redis.call('HDEL', KEYS[1], page[2][i]) end
end
return {page[1], removed}
