-- Included where a comment enters the search index or leaves it: see store/signature.py for what its rows are.
--
-- Which segment is written to is only known here, so its two keys cannot be declared: they share the hash tag of the
-- declared ones. While a slot moves to another master they may be gone already, and that ends the script: so `room_for`
-- comes before the first write.

local SEGMENT, GROUPS, GROUP, ID = 1024, 8, 12, 17

local function segment_keys(index, segment)
  local tag = string.match(index, '^{.-}:')
  return tag .. 'ids:' .. segment, tag .. 'bits:' .. segment
end

-- The segment in which rows of so many bytes have room, and how many rows it has already.
local function room_for(index, bytes)
  local count = bytes / GROUPS / GROUP
  local segment, used = redis.call('HLEN', index) - 1, SEGMENT
  if segment >= 0 then used = tonumber(string.sub(redis.call('HGET', index, segment), 2 * ID + 1)) end
  if used + count > SEGMENT then segment, used = segment + 1, 0 end
  redis.call('EXISTS', segment_keys(index, segment))
  return segment, used
end

local function follows(id)
  return string.char(string.byte(id) + 128) .. string.sub(id, 2)
end

-- rows: of each group the parts of all the comment's rows.
local function enter(index, segment, used, id, rows)
  local ids, bits = segment_keys(index, segment)
  local part = #rows / GROUPS
  local count = part / GROUP
  if used == 0 then
    -- At once as long as it will ever be: growing, it would be given twice the memory that it needs.
    redis.call('SETRANGE', ids, SEGMENT * ID - 1, '\0')
    redis.call('SETRANGE', bits, SEGMENT * GROUPS * GROUP - 1, '\0')
  end
  for group = 0, GROUPS - 1 do
    redis.call('SETRANGE', bits, (group * SEGMENT + used) * GROUP, string.sub(rows, group * part + 1, (group + 1) * part))
  end
  redis.call('SETRANGE', ids, used * ID, id .. string.rep(follows(id), count - 1))
  local was = used > 0 and redis.call('HGET', index, segment) or id .. id
  local first, last = string.sub(was, 1, ID), string.sub(was, ID + 1, 2 * ID)
  if id < first then first = id end
  if id > last then last = id end
  redis.call('HSET', index, segment, first .. last .. string.format('%d', used + count))
end

-- Whether the rows from `row` on are this comment's and are empty now: nothing of it can be looked for any more.
local function leave(ids, bits, row, count, id)
  local own = redis.call('GETRANGE', ids, row * ID, (row + count) * ID - 1)
  if own ~= id .. string.rep(follows(id), count - 1) then return false end
  for group = 0, GROUPS - 1 do
    redis.call('SETRANGE', bits, (group * SEGMENT + row) * GROUP, string.rep('\0', count * GROUP))
  end
  redis.call('SETRANGE', ids, row * ID, string.rep('\0', count * ID))
  return true
end
