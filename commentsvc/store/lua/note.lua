-- Writes down a note on an author; of too many the oldest goes.
--
-- KEYS  1 notes on the author
-- ARGV  1 id (26)   2 the note, packed   3 how many are kept   4 ms that those on a network are kept, 0 = for ever
--
-- Answers how many there are.

redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
if redis.call('HLEN', KEYS[1]) > tonumber(ARGV[3]) then
  local ids = redis.call('HKEYS', KEYS[1])
  table.sort(ids)
  redis.call('HDEL', KEYS[1], ids[1])
end
if ARGV[4] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
return redis.call('HLEN', KEYS[1])
