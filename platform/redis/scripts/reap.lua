-- Makes jobs due at once whose lease ran out, because their worker died or froze.
--
-- KEYS  1 due, 2 lease
-- ARGV  1 wake channel, 2 now (ms), 3 how many at most
-- Returns how many.

local ids = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[2], 'LIMIT', 0, ARGV[3])
for _, id in ipairs(ids) do
    redis.call('ZREM', KEYS[2], id)
    redis.call('ZADD', KEYS[1], ARGV[2], id)
end
if #ids > 0 then
    redis.call('PUBLISH', ARGV[1], '')
end
return #ids
