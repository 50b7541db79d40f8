-- Included by move.lua: what a decision does to what readers brought against a comment. A case is a hash: `open` while it
-- waits, `at`, `due` and `last` (ms), and `o:<ms>` for each time that it was judged: how. What else is in it says
-- store/cases.py. Nothing of it exists for a comment that nobody has reported and no decision that nobody has appealed against.

local REPORTS, APPEAL, NOTICES = 26, 27, 18
local CASE_KEPT = 183 * 24 * 3600 * 1000 -- ms that a case is kept when it was judged
local OF_REPORTS = {approved = 'kept', rejected = 'removed', spam = 'removed', erased = 'withdrawn'}
local OF_APPEAL = {approved = 'overturned', pending = 'overturned', rejected = 'upheld', spam = 'upheld', erased = 'withdrawn'}

local function waits(case)
  return redis.call('HEXISTS', KEYS[case], 'open') == 1
end

-- An appeal is judged by a person, and by another one than who decided first. (Programs and rules have a colon in their name.)
local function may_judge()
  local case = redis.call('HMGET', KEYS[APPEAL], 'open', 'first')
  return not case[1] or (case[2] ~= ARGV[5] and not string.find(ARGV[5], ':', 1, true))
end

local function close(case, ending, version)
  -- Never before what was brought last: clocks differ.
  local at = string.format('%.0f', math.max(tonumber(ARGV[6]), tonumber(redis.call('HGET', KEYS[case], 'last'))))
  redis.call('HDEL', KEYS[case], 'open')
  redis.call('HSET', KEYS[case], 'o:' .. at, ending, 'judged', string.sub(KEYS[10], -26), 'version', version)
  redis.call('PEXPIRE', KEYS[case], CASE_KEPT)
  redis.call('ZREM', KEYS[NOTICES], ARGV[1])
  redis.call('HSET', KEYS[10], 'g', case .. ':' .. at) -- so that an undo opens it again
end

-- What the decision answers; `version` is the comment's after it. A reported comment that waits again is judged there.
local function answer_case(before, after, version)
  if waits(REPORTS) then
    if after == 'pending' then
      redis.call('ZREM', KEYS[NOTICES], ARGV[1])
    elseif before ~= after or ARGV[4] == 'keep' then
      close(REPORTS, OF_REPORTS[after], version)
    end
  end
  if waits(APPEAL) and (before ~= after or ARGV[4] == 'uphold') then close(APPEAL, OF_APPEAL[after], version) end
  if after == 'erased' then
    redis.call('HDEL', KEYS[APPEAL], 'text')
    redis.call('HDEL', KEYS[REPORTS], 'w') -- it may repeat what the comment said
  end
end

-- Undoes an answer: the case waits as it did, in its old place. `mark` is what the decision noted of it.
local function open_again(mark, status)
  local case, at = string.match(mark, '^(%d+):(%d+)$')
  case = tonumber(case)
  if redis.call('HDEL', KEYS[case], 'o:' .. at) == 0 then return end -- it was kept long enough
  redis.call('HSET', KEYS[case], 'open', '1')
  redis.call('HDEL', KEYS[case], 'judged', 'version')
  redis.call('PERSIST', KEYS[case])
  if status ~= 'pending' then redis.call('ZADD', KEYS[NOTICES], redis.call('HGET', KEYS[case], 'due'), ARGV[1]) end
end
