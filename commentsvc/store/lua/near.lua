-- Which waiting comments bear one of these marks. Read only.
--
-- KEYS  1 pending index   2… buckets, one for each mark
-- ARGV  1… marks (3 bytes each)
--
-- Answers a string for each mark: ids (17 bytes each, joined), the oldest first.

local waits = {}
local answers = {}
for i = 1, #ARGV do
  local found = {}
  for _, member in ipairs(redis.call('ZRANGE', KEYS[i + 1], 0, -1)) do
    if string.sub(member, 18) == ARGV[i] then
      local id = string.sub(member, 1, 17)
      if waits[id] == nil then waits[id] = redis.call('ZSCORE', KEYS[1], id) and true or false end
      if waits[id] then found[#found + 1] = id end
    end
  end
  answers[i] = table.concat(found)
end
return answers
