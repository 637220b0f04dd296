-- Puts leased jobs back, to be due at their time. Frees before it adds, as claim does.
--
-- KEYS  1 due, 2 lease
-- ARGV  1 wake channel, then pairs: time due (ms), id
-- Returns 1 where the dispatchers were told of a new earliest job; else 0.

local function head()
    return tonumber(redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2])
end

local before = head()
for i = 2, #ARGV, 2 do
    redis.call('ZREM', KEYS[2], ARGV[i + 1])
    redis.call('ZADD', KEYS[1], ARGV[i], ARGV[i + 1])
end
local after = head()
if after and (not before or after < before) then
    redis.call('PUBLISH', ARGV[1], '')
    return 1
end
return 0
