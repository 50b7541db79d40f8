--#include ids.lua
-- One page of a thread's approved comments, or just the word that nothing has changed. Read only.
--
-- KEYS  1 thread   2 the index: by time, or in the order of the conversation
-- ARGV  1 'oldest'|'newest'|'best'   2 how many   3 id (17) after which to go on, or ''   4 the revision known, or ''
--       5 prefix of the comments' keys (no key itself: while a slot moves, a declared key that is missing stops a script)
--       6 name of the thread's likes, likewise, or '' where there are none
--
-- Answers {thread fields…} and, unless the revision is the one known, a second list with eight strings a comment:
-- id (26), body, page, parent, ancestors, replies, featured, likes, as in store/records.py. The comments' keys are found in
-- the index, so they cannot be declared: they share the declared keys' hash tag, which is what Redis Cluster needs.

local thread = redis.call('HGETALL', KEYS[1])
local revision = '0'
for i = 1, #thread, 2 do
  if thread[i] == 'rev' then revision = thread[i + 1] end
end
if revision == ARGV[4] then return {thread} end

local cursor = ARGV[3]
if cursor ~= '' and string.sub(KEYS[2], -6) == ':order' then
  cursor = (redis.call('HGET', ARGV[5] .. in_letters(cursor), 'o') or '') .. cursor
end
local LIKED = ARGV[6]
local function likes_of(id)
  return LIKED ~= '' and redis.call('ZSCORE', LIKED, id)
end

-- What was liked, most first, then all else by time. The likes of what was taken down stay, so that is passed over.
local function best(many)
  local found, from = {}, cursor
  if cursor == '' or likes_of(cursor) then
    local rank = cursor == '' and 0 or redis.call('ZREVRANK', LIKED, cursor) + 1
    repeat
      local some = redis.call('ZREVRANGE', LIKED, rank, rank + many - 1)
      for _, id in ipairs(some) do
        local status = #found < many and redis.call('HGET', ARGV[5] .. in_letters(id), 's')
        if status == 'approved' then found[#found + 1] = id end
      end
      rank = rank + many
    until #some < many or #found == many
    from = ''
  end
  while #found < many do
    local some = redis.call('ZRANGEBYLEX', KEYS[2], from == '' and '-' or '(' .. from, '+', 'LIMIT', 0, many)
    for _, id in ipairs(some) do
      if #found < many and not likes_of(id) then found[#found + 1] = id end
    end
    if #some < many then break end
    from = some[#some]
  end
  return found
end

local ids
if ARGV[1] == 'best' and LIKED ~= '' then
  ids = best(tonumber(ARGV[2]))
elseif ARGV[1] == 'newest' then
  ids = redis.call('ZREVRANGEBYLEX', KEYS[2], cursor == '' and '+' or '(' .. cursor, '-', 'LIMIT', 0, ARGV[2])
else
  ids = redis.call('ZRANGEBYLEX', KEYS[2], cursor == '' and '-' or '(' .. cursor, '+', 'LIMIT', 0, ARGV[2])
end

local rows = {}
for i = 1, #ids do
  local raw = string.sub(ids[i], -17) -- in the order of the conversation its ancestors stand before it
  local id = in_letters(raw)
  local row = redis.call('HMGET', ARGV[5] .. id, 's', 'b', 'u', 'q', 'o', 'n', 'c')
  if row[1] == 'approved' then
    rows[#rows + 1] = {id, row[2], row[3] or '', row[4] or '', row[5] or '', row[6] or '0', row[7] or '', likes_of(raw) or '0'}
  end
end
return {thread, rows}
