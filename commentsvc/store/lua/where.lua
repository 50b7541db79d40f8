--#include ids.lua
-- Where the page of a thread begins that shows a comment, or the one before it. Read only.
--
-- KEYS  1 the index: by time, or in the order of the conversation
-- ARGV  1 'oldest'|'newest'   2 the comment's id (17)   3 how many comments a page has   4 'with' it or 'before' it
--       5 prefix of the comments' keys, as in page.lua
--
-- Answers the id (26) after which that page goes on, '' for the first page, or nothing where the comment is not public
-- in this thread. Pages that show a comment begin at whole multiples, so that all who follow its address share them.

local row = redis.call('HMGET', ARGV[5] .. in_letters(ARGV[2]), 's', 'o')
if row[1] ~= 'approved' then return false end
local member = ARGV[2]
if string.sub(KEYS[1], -6) == ':order' then member = (row[2] or '') .. member end
if not redis.call('ZSCORE', KEYS[1], member) then return false end

local newest, size = ARGV[1] == 'newest', tonumber(ARGV[3])
local passed
if newest then
  passed = redis.call('ZLEXCOUNT', KEYS[1], '(' .. member, '+')
else
  passed = redis.call('ZLEXCOUNT', KEYS[1], '-', '(' .. member)
end
local start = passed - passed % size
if ARGV[4] == 'before' then start = passed - size end
if start <= 0 then return '' end
local last = redis.call(newest and 'ZREVRANGE' or 'ZRANGE', KEYS[1], start - 1, start - 1)
return in_letters(string.sub(last[1], -17))
