-- Adds jobs, or moves those that are there. One that is leased is left alone: somebody is at it, and will put it back
-- himself if it is to run again.
--
-- KEYS  1 due, 2 lease
-- ARGV  1 wake channel, then pairs: time due (ms), id
-- Returns 1 where a job is now the earliest that was not, and the dispatchers were told; else 0.

local function head()
    return tonumber(redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2])
end

local before = head()
for i = 2, #ARGV, 2 do
    if not redis.call('ZSCORE', KEYS[2], ARGV[i + 1]) then
        redis.call('ZADD', KEYS[1], ARGV[i], ARGV[i + 1])
    end
end
local after = head()
if after and (not before or after < before) then
    redis.call('PUBLISH', ARGV[1], '')
    return 1
end
return 0
