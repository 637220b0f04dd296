-- Adds pending jobs, if this rebuild is still the one under way on this server. Without that check a flush in the
-- middle would leave half a queue that is taken for a whole one. A job that is there already keeps its time, which
-- is at least as new as what the rebuild has read.
--
-- KEYS  1 due, 2 lease, 3 building
-- ARGV  1 the server's run id, 2 the rebuild's token, then pairs: time due (ms), id
-- Returns 1, or 0 where this rebuild is no more.

if redis.call('GET', KEYS[3]) ~= ARGV[1] .. ':' .. ARGV[2] then
    return 0
end
for i = 3, #ARGV, 2 do
    if not redis.call('ZSCORE', KEYS[2], ARGV[i + 1]) then
        redis.call('ZADD', KEYS[1], 'NX', ARGV[i], ARGV[i + 1])
    end
end
return 1
