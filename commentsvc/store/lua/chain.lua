--#include ids.lua
-- An author's comments in one partition, the newest first: each knows the one before it. Read only. Erased ones name
-- nobody and are passed over, some at a time: then there are fewer rows than were asked for, and where to go on.
--
-- KEYS  1 author
-- ARGV  1 id (17) to begin with, or '' for the author's last   2 how many   3 prefix of the comments' keys
--       4 prefix of the threads' keys   5… fields of a comment
--
-- Answers {id (17) to go on with, or '' at the end; then a row for each: id (17), its thread's address and title where it
-- bears them, or '', and the fields}. Comments' and threads' keys are found on the way, so they cannot be declared; they
-- share the declared key's hash tag.

local id = ARGV[1] ~= '' and ARGV[1] or redis.call('HGET', KEYS[1], 'last') or ''
local rows = {''}
local wanted = tonumber(ARGV[2])
local looked = 0
while id ~= '' and #rows <= wanted and looked < 4 * wanted do
  looked = looked + 1
  local key = ARGV[3] .. in_letters(id)
  local own = redis.call('HMGET', key, 'p', 't', 'u', 'b')
  if not own[2] then break end
  if own[4] then
    local page = ''
    if not own[3] then
      local named = redis.call('HMGET', ARGV[4] .. in_letters(own[2]), 'url', 'title')
      page = (named[1] or '') .. '\n' .. (named[2] or '')
    end
    rows[#rows + 1] = {id, page, unpack(redis.call('HMGET', key, unpack(ARGV, 5)))}
  end
  id = own[1] or ''
end
rows[1] = id
return rows
