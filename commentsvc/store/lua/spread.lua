-- Turns the oldest events of a partition into one delivery for each webhook that wants them.
--
-- KEYS  1 events   2 webhooks with deliveries   3 prefix of the deliveries' keys   4 prefix of the due indexes
-- ARGV  1 how many events   2 grace_ms for decisions   3… pairs of webhook id and its event types, '' for all,
--       else each between commas: ',comment.approved,comment.spam,'
--
-- Answers how many events were taken. An event is in the stream or in its deliveries at any moment, never in neither:
-- that is why there is no consumer group here, and nothing that a dead worker could still hold.
-- The deliveries' keys carry ids found in the stream, so they cannot be declared; they share the declared keys' tag.

local events = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', ARGV[1])
for i = 1, #events do
  local id, flat = events[i][1], events[i][2]
  local fact = {}
  for j = 1, #flat, 2 do fact[flat[j]] = flat[j + 1] end
  local due = tonumber(fact.at or 0) + (fact.decision and tonumber(ARGV[2]) or 0)
  for j = 3, fact.comment and #ARGV or 0, 2 do
    if ARGV[j + 1] == '' or string.find(ARGV[j + 1], ',' .. (fact.type or '') .. ',', 1, true) then
      local delivery = 'evt_' .. fact.comment .. '_' .. id .. '_' .. ARGV[j]
      redis.call('HSET', KEYS[3] .. delivery, 'tries', 0, unpack(flat))
      redis.call('ZADD', KEYS[4] .. ARGV[j], string.format('%.0f', due), delivery)
      redis.call('SADD', KEYS[2], ARGV[j])
    end
  end
  redis.call('XDEL', KEYS[1], id)
end
return #events
