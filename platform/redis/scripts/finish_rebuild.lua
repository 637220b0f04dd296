-- Declares the queue whole, if this rebuild is still the one under way on this server.
--
-- KEYS  1 epoch, 2 building
-- ARGV  1 the server's run id, 2 the rebuild's token, 3 wake channel
-- Returns 1, or 0 where this rebuild is no more.

local rebuild = ARGV[1] .. ':' .. ARGV[2]
if redis.call('GET', KEYS[2]) ~= rebuild then
    return 0
end
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[1], rebuild)
redis.call('PUBLISH', ARGV[3], '')
return 1
