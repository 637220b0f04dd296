-- Makes leases last longer. One that is no longer leased (put back, forgotten, reaped) stays so.
--
-- KEYS  1 lease
-- ARGV  1 lease until (ms), then ids
-- Returns how many are leased.

local held = 0
for i = 2, #ARGV do
    if redis.call('ZREM', KEYS[1], ARGV[i]) == 1 then
        redis.call('ZADD', KEYS[1], ARGV[1], ARGV[i])
        held = held + 1
    end
end
return held
