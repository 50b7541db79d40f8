-- Included by decide, undo and withdraw: how a comment changes its status, and the row that says so for ever.
--
-- KEYS  1 comment   2 thread   3 thread's approved   4 thread's order   5 author
--       6 parent comment (the comment's own key when there is none)     7 leases
--       8 log   9 events   10 decision   11-15 status indexes: pending, approved, rejected, spam, erased
--       16 the moderator's last decisions
-- ARGV  1 comment id (26)   2 path   3 decision id (26)   4 verb   5 by   6 at_ms   7 reason   8 note
--       9 html to publish   10 article url   11 article title

local INDEX = {pending = 11, approved = 12, rejected = 13, spam = 14, erased = 15}

local function counted(key, before, after)
  if redis.call('HINCRBY', key, before, -1) == 0 then redis.call('HDEL', key, before) end
  redis.call('HINCRBY', key, after, 1)
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
  if redis.call('HGET', KEYS[2], 'source') ~= ARGV[1] then return nil end
  local found = {}
  for _, id in ipairs(redis.call('ZRANGE', KEYS[3], 0, 20)) do
    if id ~= ARGV[1] then
      local body = cmsgpack.unpack(redis.call('HGET', string.sub(KEYS[1], 1, -27) .. id, 'b'))
      found = {id, body[6], body[7]}
      if body[7] ~= '' then break end
    end
  end
  return found
end

local function publish()
  redis.call('ZADD', KEYS[3], 0, ARGV[1])
  redis.call('ZADD', KEYS[4], 0, ARGV[2])
  redis.call('HSET', KEYS[1], 'h', ARGV[9])
  if (redis.call('HGET', KEYS[2], 'title') or '') == '' then name(ARGV[1], ARGV[10], ARGV[11]) end
end

local function unpublish(heir)
  redis.call('ZREM', KEYS[3], ARGV[1])
  redis.call('ZREM', KEYS[4], ARGV[2])
  redis.call('HDEL', KEYS[1], 'h')
  if not heir then return end
  redis.call('HDEL', KEYS[2], 'source', 'url', 'title')
  if heir[1] then name(unpack(heir)) end
end

-- before, after: statuses; version: the comment's present one; force: the decision in force from now on, '' for none;
-- extra: more pairs for the decision's row.
local function move(before, after, version, reason, force, extra)
  local public = before == 'approved' or after == 'approved'
  local heir = before == 'approved' and heir_of_name() or nil
  -- Before the first write: where a user may not publish, nothing is half done. It leaves when the script has ended.
  if public then redis.call('PUBLISH', 'commentsvc:notices', KEYS[2]) end
  local was = redis.call('HMGET', KEYS[1], 'r', 'x', 'f')
  redis.call('ZREM', KEYS[INDEX[before]], ARGV[1])
  redis.call('ZADD', KEYS[INDEX[after]], 0, ARGV[1])
  counted(KEYS[2], before, after)
  -- An author known only by a network is forgotten after a while: counting must not bring the record back for good.
  if redis.call('EXISTS', KEYS[5]) == 1 then counted(KEYS[5], before, after) end
  if after == 'approved' then publish() end
  if before == 'approved' then unpublish(heir) end
  if public then
    redis.call('HINCRBY', KEYS[2], 'rev', 1)
    if KEYS[6] ~= KEYS[1] then redis.call('HINCRBY', KEYS[6], 'n', after == 'approved' and 1 or -1) end
  end
  redis.call('HSET', KEYS[1], 's', after, 'v', version + 1, 'r', reason, 'm', ARGV[5], 'd', ARGV[6], 'x', ARGV[3])
  redis.call('HSET', KEYS[1], 'f', force)
  redis.call('HDEL', KEYS[7], ARGV[1])

  redis.call('HSET', KEYS[10], 'comment', ARGV[1], 'verb', ARGV[4], 'before', before, 'after', after, 'by', ARGV[5],
    'at', ARGV[6], 'version', version + 1, 'reason', reason, 'note', ARGV[8], 'prior', was[1] or '',
    'previous', was[2] or '', 'over', was[3] or '', unpack(extra))
  redis.call('ZADD', KEYS[8], 0, ARGV[3])
  redis.call('XADD', KEYS[9], '*', 'type', 'comment.' .. after, 'comment', ARGV[1], 'decision', ARGV[3], 'at', ARGV[6],
    unpack(extra))
end

local function stale()
  local now = redis.call('HMGET', KEYS[1], 'v', 's', 'm', 'd')
  return {'stale', now[1], now[2], now[3] or '', now[4] or '0'}
end
