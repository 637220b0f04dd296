-- Forgets jobs, wherever they are. A worker that holds one learns from PostgreSQL that it is void.
--
-- KEYS  1 due, 2 lease
-- ARGV  ids
-- Returns how many were there.

local gone = 0
for i = 1, #ARGV do
    gone = gone + redis.call('ZREM', KEYS[1], ARGV[i]) + redis.call('ZREM', KEYS[2], ARGV[i])
end
return gone
