--#include ids.lua
--#include numbers.lua
--#include case.lua
-- Included by decide, ask, undo, edit and withdraw: how a comment changes its status, and the row that says so for ever.
--
-- KEYS  1 comment   2 thread   3 thread's approved   4 thread's order   5 author
--       6 parent comment (the comment's own key when there is none)     7 leases
--       8 log   9 events   10 decision   11-15 status indexes: pending, approved, rejected, spam, erased
--       16 the moderator's last decisions   17 thread's waiting   18-23 lanes, in the order of domain/lane.py   24 put off
--       25 the hour's numbers   26 the comment's reports   27 its appeal
-- ARGV  1 comment id (17)   2 path (17 each)   3 decision id (17)   4 verb   5 by   6 at_ms   7 reason   8 note

local INDEX = {pending = 11, approved = 12, rejected = 13, spam = 14, erased = 15}
local LANE = {notices = 18, held = 19, first_time = 20, new = 21, colleague = 22, likely_spam = 23}

-- The same ids in 26 characters.
local COMMENT, DECISION = string.sub(KEYS[1], -26), string.sub(KEYS[10], -26)

local function counted(key, before, after)
  if redis.call('HINCRBY', key, before, -1) == 0 then redis.call('HDEL', key, before) end
  redis.call('HINCRBY', key, after, 1)
end

-- In which lane a comment waits, or waited and would wait again; `field` is `l`, of its edit `w`.
local function lane_of(field)
  return redis.call('HGET', KEYS[1], field) or 'new'
end

local function to_lane(lane, field)
  if lane == 'new' then redis.call('HDEL', KEYS[1], field) else redis.call('HSET', KEYS[1], field, lane) end
end

local function wait(lane)
  redis.call('ZADD', KEYS[LANE[lane]], 0, ARGV[1])
  redis.call('ZADD', KEYS[17], 0, ARGV[2])
end

local function wait_no_more(lane)
  redis.call('ZREM', KEYS[LANE[lane]], ARGV[1])
  redis.call('ZREM', KEYS[17], ARGV[2])
end

-- Puts what waits of a comment into another lane.
local function change_lane(before, after, field)
  redis.call('ZREM', KEYS[LANE[before]], ARGV[1])
  redis.call('ZADD', KEYS[LANE[after]], 0, ARGV[1])
  to_lane(after, field)
end

-- The edit of a published comment stands in the queue under the comment's id; the comment itself stays where it is.
local function edit_waits()
  redis.call('ZADD', KEYS[INDEX.pending], 0, ARGV[1])
  redis.call('ZADD', KEYS[LANE[lane_of('w')]], 0, ARGV[1])
end

local function edit_waits_no_more()
  redis.call('ZREM', KEYS[INDEX.pending], ARGV[1])
  redis.call('ZREM', KEYS[LANE[lane_of('w')]], ARGV[1])
end

-- Where the two texts of an edited comment go, each with its hits: `b` and `h` are published, `e` and `g` wait, `z` and
-- `y` are kept so that the decision about the edit can be undone.
local TEXTS = {
  adopt = {'b', 'z', 'h', 'y', 'e', 'b', 'g', 'h'},
  unadopt = {'b', 'e', 'h', 'g', 'z', 'b', 'y', 'h'},
  drop = {'e', 'z', 'g', 'y'},
  undrop = {'z', 'e', 'y', 'g'},
}

local function carry(edit)
  local way = TEXTS[edit]
  for i = 1, #way, 2 do
    local text = redis.call('HGET', KEYS[1], way[i])
    redis.call('HDEL', KEYS[1], way[i], way[i + 1])
    if text then redis.call('HSET', KEYS[1], way[i + 1], text) end
  end
  if string.sub(edit, 1, 2) == 'un' then edit_waits() else edit_waits_no_more() end
end

-- The address and title of the page that a comment was sent from; nothing where they are the thread's own.
local function page_of(key)
  local own = redis.call('HGET', key, 'u')
  if own then return string.match(own, '^([^\n]*)\n(.*)$') end
end

-- The address and title that the public reads come from the first comment published with a title, and go with it:
-- what a reader sent names nobody's article before a moderator saw it, nor after it was taken down.
local function name(source, url, title)
  redis.call('HSET', KEYS[2], 'source', source, 'url', url, 'title', title)
end

-- Who gives the thread its name when this comment is gone, or nothing where it does not give it. A title among the
-- oldest twenty will do: a thread must not be searched to its end. A comment's key is found in the index, so it cannot be
-- declared: it shares the declared keys' hash tag. While a slot moves to another master it may be gone already, and that
-- ends the script: so this comes before the first write.
local function heir_of_name()
  local now = redis.call('HMGET', KEYS[2], 'source', 'url', 'title')
  if now[1] ~= COMMENT then return nil end
  local found = {}
  for _, raw in ipairs(redis.call('ZRANGE', KEYS[3], 0, 20)) do
    if raw ~= ARGV[1] then
      local id = in_letters(raw)
      local url, title = page_of(string.sub(KEYS[1], 1, -27) .. id)
      found = {id, url or now[2], title or now[3]}
      if found[3] ~= '' then break end
    end
  end
  return found
end

-- A published comment that was sent from a page of the thread's own name bears that, not a copy of its own.
local function publish()
  redis.call('ZADD', KEYS[3], 0, ARGV[1])
  redis.call('ZADD', KEYS[4], 0, ARGV[2])
  local url, title = page_of(KEYS[1])
  local now = redis.call('HMGET', KEYS[2], 'url', 'title')
  if (now[2] or '') == '' then
    name(COMMENT, url, title)
    now = {url, title}
  end
  if title ~= '' and now[1] == url and now[2] == title then redis.call('HDEL', KEYS[1], 'u') end
end

local function unpublish(heir)
  redis.call('ZREM', KEYS[3], ARGV[1])
  redis.call('ZREM', KEYS[4], ARGV[2])
  if not page_of(KEYS[1]) then
    redis.call('HSET', KEYS[1], 'u', table.concat(redis.call('HMGET', KEYS[2], 'url', 'title'), '\n'))
  end
  if not heir then return end
  redis.call('HDEL', KEYS[2], 'source', 'url', 'title')
  if heir[1] then name(unpack(heir)) end
end

-- Whether a comment is featured from now on. To take it down ends that: should it be published again, somebody has to wish
-- for it anew.
local CHOICE = {feature = '1', unfeature = '0'}

local LETTER = {uphold = 'mail.upheld', turn_down = 'mail.turned_down'}

-- before, after: statuses; version: the comment's present one; force: the decision (26) in force from now on, '' for none;
-- undone: of an undo, what its event says about the decision that it reverses, that one's id (26) second; else {}.
-- edit: what becomes of the edit that waits, or waits again, in the words of TEXTS; 'leave' or '' for nothing.
-- choice: of an undo, '1' or '0' for whether it was featured before the decision, nil where that did not change it.
local function move(before, after, version, reason, force, undone, edit, choice)
  local moves, rewritten = before ~= after, edit == 'adopt' or edit == 'unadopt'
  local was = redis.call('HMGET', KEYS[1], 'r', 'x', 'f', 'c')
  local featured = (choice or CHOICE[ARGV[4]] or was[4]) == '1' and after == 'approved'
  local chosen = featured ~= (was[4] == '1')
  local public = rewritten or chosen or moves and (before == 'approved' or after == 'approved')
  local heir = moves and before == 'approved' and heir_of_name() or nil
  -- Before the first write: where a user may not publish, nothing is half done. It leaves when the script has ended.
  if public then redis.call('PUBLISH', 'commentsvc:notices', KEYS[2]) end
  if TEXTS[edit] then carry(edit) end
  if chosen and featured then
    redis.call('HSET', KEYS[1], 'c', '1')
  elseif chosen then
    redis.call('HDEL', KEYS[1], 'c')
  end
  if moves then
    redis.call('ZREM', KEYS[INDEX[before]], ARGV[1])
    redis.call('ZADD', KEYS[INDEX[after]], 0, ARGV[1])
    counted(KEYS[2], before, after)
    -- An author known only by a network is forgotten after a while: counting must not bring the record back for good.
    if redis.call('EXISTS', KEYS[5]) == 1 then counted(KEYS[5], before, after) end
    if before == 'pending' then wait_no_more(lane_of('l')) end
    if after == 'pending' then wait(lane_of('l')) end
    if after == 'approved' then publish() end
    if before == 'approved' then unpublish(heir) end
  end
  if public then
    -- Never a number that another history of this thread had: a fail-over may have lost some of what was counted.
    local revision = math.max(tonumber(redis.call('HGET', KEYS[2], 'rev') or '0') + 1, tonumber(ARGV[6]))
    redis.call('HSET', KEYS[2], 'rev', string.format('%.0f', revision))
    if moves and KEYS[6] ~= KEYS[1] then redis.call('HINCRBY', KEYS[6], 'n', after == 'approved' and 1 or -1) end
  end
  redis.call('HSET', KEYS[1], 's', after, 'v', version + 1, 'm', ARGV[5], 'x', ARGV[3])
  -- What leaves the status and the words as they are leaves the reason as well: its author still reads why.
  if reason ~= '' then
    redis.call('HSET', KEYS[1], 'r', reason)
  elseif moves or TEXTS[edit] or ARGV[4] == 'edit' then
    redis.call('HDEL', KEYS[1], 'r')
  end
  if force == DECISION then redis.call('HDEL', KEYS[1], 'f') else redis.call('HSET', KEYS[1], 'f', force) end
  redis.call('HDEL', KEYS[7], COMMENT)
  redis.call('HDEL', KEYS[24], COMMENT)

  -- In the order of ROW in store/records.py.
  local previous = was[2] and in_letters(was[2]) or ''
  redis.call('HSET', KEYS[10], 'b', cmsgpack.pack({COMMENT, ARGV[4], before, after, ARGV[5], version + 1, reason, ARGV[8],
    was[1] or '', previous, was[3] or previous, undone[2] or ''}))
  redis.call('ZADD', KEYS[8], 0, ARGV[3])
  answer_case(before, after, version + 1)
  count_decision(KEYS[25], ARGV[4], before, after, reason, ARGV[1], tonumber(ARGV[6]))
  if TEXTS[edit] then redis.call('HSET', KEYS[10], 'e', edit) end
  if chosen then redis.call('HSET', KEYS[10], 'c', was[4] or '0') end -- so that an undo puts it back
  if moves or rewritten then -- a question to a colleague is no news to the outside, nor is an edit before it is published
    redis.call('XADD', KEYS[9], '*', 'type', 'comment.' .. (moves and after or 'edited'), 'comment', COMMENT,
      'decision', DECISION, 'at', ARGV[6], unpack(undone))
  elseif LETTER[ARGV[4]] then -- nothing has changed, but its author waits for that, and perhaps wished to be told
    redis.call('XADD', KEYS[9], '*', 'type', LETTER[ARGV[4]], 'comment', COMMENT, 'decision', DECISION, 'at', ARGV[6])
  end
end

-- A decision about the comment, of this packed id (17), as it was packed. Its key cannot be declared: it shares the hash tag.
local function row_of(id)
  return cmsgpack.unpack(redis.call('HGET', string.sub(KEYS[10], 1, -27) .. in_letters(id), 'b'))
end

-- Whether the last decision about the comment was this verb and made this version of it: not only decisions raise the
-- version, and not each leads to another status. Its note second.
local function was_last(id, version)
  local row = row_of(id)
  return row[2] == ARGV[4] and row[6] == tonumber(version), row[8]
end

-- The moderator may take this decision back.
local function remember()
  redis.call('ZADD', KEYS[16], 0, ARGV[3])
  redis.call('ZREMRANGEBYRANK', KEYS[16], 0, -51)
end

local function stale()
  local now = redis.call('HMGET', KEYS[1], 'v', 's', 'm', 'x', 'e')
  local lane = now[2] == 'pending' and lane_of('l') or now[5] and lane_of('w') or ''
  local last, verb = '', ''
  if now[4] then last, verb = in_letters(now[4]), row_of(now[4])[2] end
  return {'stale', now[1], now[2], now[3] or '', last, lane, verb}
end
