-- Begins a rebuild; one that was under way is overtaken, and learns it at its next chunk. What is there stays: it is
-- checked against PostgreSQL when it is claimed.
--
-- KEYS  1 building
-- ARGV  1 the server's run id, 2 the rebuild's token
-- Returns 1.

redis.call('SET', KEYS[1], ARGV[1] .. ':' .. ARGV[2])
return 1
