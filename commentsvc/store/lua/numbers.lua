-- Included where something happens that the numbers page shows: a hash of counters for each hour, with a TTL.

local NUMBERS_KEPT = 90 * 24 * 3600 * 1000 -- ms; store/numbers.py knows it too
-- Seconds up to which decisions are counted together; store/numbers.py knows them too.
local WAITS = {10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 86400, 259200, 604800}
local BUSIEST = 300 -- articles of a day in one partition; the least busy ones are forgotten

local function count(hour, field)
  if redis.call('HINCRBY', hour, field, 1) == 1 then redis.call('PEXPIRE', hour, NUMBERS_KEPT) end
end

local function busy(day, article)
  redis.call('ZINCRBY', day, 1, article)
  if redis.call('ZCARD', day) > BUSIEST then redis.call('ZREMRANGEBYRANK', day, 0, 0) end
  redis.call('PEXPIRE', day, NUMBERS_KEPT)
end

-- When the thing of a packed id (17 bytes) was made, in ms.
local function made_ms(id)
  local ms = 0
  for i = 1, 7 do ms = ms * 256 + string.byte(id, i) end
  return math.floor(ms / 4)
end

local function band(seconds)
  for _, limit in ipairs(WAITS) do
    if seconds <= limit then return limit end
  end
  return 'longer'
end

-- A decision about a comment, and how long that had waited for it. What is published and featured at once was approved.
local function count_decision(hour, verb, before, after, reason, id, at_ms)
  count(hour, 'verb:' .. (verb == 'feature' and before ~= after and 'approve' or verb))
  if verb == 'reject' then count(hour, 'reason:' .. reason) end
  if verb == 'withdraw' or before == after then return end
  if before == 'pending' then
    count(hour, 'waited:' .. band((at_ms - made_ms(id)) / 1000))
  else
    count(hour, 'reversed')
  end
end
