--#include ids.lua
-- Turns the oldest events of a partition into one delivery for each webhook that wants them, and for each letter.
--
-- KEYS  1 events   2 receivers with deliveries   3 prefix of the deliveries' keys   4 prefix of the due indexes
--       5 prefix of the comments' keys
-- ARGV  1 how many events   2 grace_ms for decisions   3 'mail' where letters are sent, else ''
--       4… pairs of webhook id and its event types, '' for all, else each between commas: ',comment.approved,comment.spam,'
--
-- Answers how many events were taken. An event is in the stream or in its deliveries at any moment, never in neither:
-- that is why there is no consumer group here, and nothing that a dead worker could still hold.
-- Keys of deliveries and comments carry ids found in the stream, so they cannot be declared; they share the declared keys'
-- tag. While a slot moves to another master, reading them may end the script: so each event is read for before it is
-- written for.

local TOLD = {['comment.approved'] = true, ['comment.rejected'] = true, ['comment.spam'] = true, ['comment.edited'] = true,
  ['mail.upheld'] = true, ['mail.turned_down'] = true}

-- Whether a comment's author has confirmed the wish to be told about this. See store/wishes.py.
local function wished(wish, about)
  local state, kinds = string.match(wish or '', '^(%a+)|([%a,]*)|')
  return state == 'confirmed' and string.find(',' .. kinds .. ',', ',' .. about .. ',', 1, true)
end

-- The letters that this fact makes: whose comment each is about, and its fields.
local function letters(fact)
  if ARGV[3] == '' or not TOLD[fact.type or ''] or not fact.decision then return {} end
  local found, seen = {}, redis.call('HMGET', KEYS[5] .. fact.comment, 'i', 'q', 'o')
  if wished(seen[1], 'outcome') then found[1] = {fact.comment, fact.type} end
  local parent = seen[2] or string.sub(seen[3] or '', -17)
  if fact.type == 'comment.approved' and not fact.undo_of and parent ~= '' then
    parent = in_letters(parent)
    if wished(redis.call('HGET', KEYS[5] .. parent, 'i'), 'replies') then
      found[#found + 1] = {parent, 'comment.replied', 'reply', fact.comment}
    end
  end
  return found
end

local function deliver(receiver, comment, id, due, fields)
  local delivery = 'evt_' .. comment .. '_' .. id .. '_' .. receiver
  redis.call('HSET', KEYS[3] .. delivery, 'tries', 0, unpack(fields))
  redis.call('ZADD', KEYS[4] .. receiver, string.format('%.0f', due), delivery)
  redis.call('SADD', KEYS[2], receiver)
end

local events = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', ARGV[1])
for i = 1, #events do
  local id, flat = events[i][1], events[i][2]
  local fact = {}
  for j = 1, #flat, 2 do fact[flat[j]] = flat[j + 1] end
  local due = tonumber(fact.at or 0) + (fact.decision and tonumber(ARGV[2]) or 0)
  local written = fact.comment and letters(fact) or {}
  local told = fact.comment and string.sub(fact.type or '', 1, 5) ~= 'mail.' -- what is for letters only is no webhook's
  for j = 4, told and #ARGV or 0, 2 do
    if ARGV[j + 1] == '' or string.find(ARGV[j + 1], ',' .. (fact.type or '') .. ',', 1, true) then
      deliver(ARGV[j], fact.comment, id, due, flat)
    end
  end
  for _, letter in ipairs(written) do
    local fields = {'comment', letter[1], 'type', letter[2]}
    for _, name in ipairs({'decision', 'at', 'undo_of', 'reversed_at'}) do
      if fact[name] then
        fields[#fields + 1] = name
        fields[#fields + 1] = fact[name]
      end
    end
    if letter[3] then
      fields[#fields + 1] = letter[3]
      fields[#fields + 1] = letter[4]
    end
    deliver('mail', letter[1], id, due, fields)
  end
  redis.call('XDEL', KEYS[1], id)
end
return #events
