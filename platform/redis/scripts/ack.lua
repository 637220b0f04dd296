-- Forgets leased jobs. Touches `lease` only: one that was put back in the meantime stays due.
--
-- KEYS  1 lease
-- ARGV  ids
-- Returns how many were leased.

local gone = 0
for i = 1, #ARGV do
    gone = gone + redis.call('ZREM', KEYS[1], ARGV[i])
end
return gone
