-- Included where a text comes in that waits, by submit and edit: in which lane and why, and the marks by which texts that
-- say nearly the same are found. `at` is the place in ARGV of the first of the arguments that store/entry.py makes of a
-- triage, `near` the place in KEYS before the first bucket. In both scripts the marks are the last arguments, the buckets
-- the last keys.

local CLAIM = {new = 1, first_time = 2, held = 3, likely_spam = 4}
local KEPT = 64 -- in each bucket: older ones are no longer found

-- How many recent comments share two marks of the words: by one alone, texts meet by chance.
local function told_before(at, near, now_ms, own)
  local shared, count, oldest = {}, 0, now_ms - tonumber(ARGV[at + 12])
  for i = 1, tonumber(ARGV[at + 15]) do
    for _, member in ipairs(redis.call('ZRANGE', KEYS[near + i], 0, -1)) do
      if string.sub(member, 18) == ARGV[at + 15 + i] and made_ms(member) > oldest then
        local id = string.sub(member, 1, 17)
        shared[id] = (shared[id] or 0) + 1
        if shared[id] == 2 and id ~= own then count = count + 1 end
      end
    end
  end
  return count
end

-- The lane, and the hits as a msgpack array, as records.py reads it, or nil where there are none: what only the store
-- can tell is added to what the text says. `author`: comments approved here, and until when restricted; `taking`:
-- 'h' where all of the article's is held; `own`: the comment's id (17) where it has left marks before.
local function triaged(at, near, author, now_ms, taking, own)
  local lane, hits, packed = ARGV[at], tonumber(ARGV[at + 1]), ARGV[at + 2]
  local function hit(place)
    if CLAIM[ARGV[place]] > CLAIM[lane] then lane = ARGV[place] end
    hits, packed = hits + 1, packed .. ARGV[place + 1]
  end
  if tonumber(author[1] or '0') + tonumber(ARGV[at + 6]) < tonumber(ARGV[at + 3]) then hit(at + 4) end
  if ARGV[at + 7] ~= '0' and told_before(at, near, now_ms, own) >= tonumber(ARGV[at + 7]) then hit(at + 8) end
  if author[2] == 'hold' then hit(at + 10) end
  if taking == 'h' then hit(at + 13) end
  return lane, hits > 0 and string.char(0xdc, 0, hits) .. packed or nil
end

local function leave_marks(at, near, now_ms, id)
  local broom = now_ms % 8 == 0 -- now and then is enough, and costs less than the marks themselves
  for i = near + 1, #KEYS do
    redis.call('ZADD', KEYS[i], 0, id .. ARGV[at + 15 + i - near])
    if broom then
      redis.call('ZREMRANGEBYRANK', KEYS[i], 0, -KEPT - 1)
      redis.call('PEXPIRE', KEYS[i], ARGV[at + 12])
    end
  end
end
