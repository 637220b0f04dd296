-- Takes a channel's next turn, where its wait is not too long. By this server's clock, the only one that all processes
-- have in common: it paces calls to a provider, and no test needs to shift that.
--
-- KEYS  1 bucket: when the next turn is free (µs)
-- ARGV  1 µs from one turn to the next, 2 the longest wait (µs), 3 the longest that anybody may ask for (µs)
-- Returns the wait (µs); longer than ARGV 2: nothing was taken.

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval = tonumber(ARGV[1])
local most = tonumber(ARGV[2])
local furthest = tonumber(ARGV[3])

local free = tonumber(redis.call('GET', KEYS[1]) or 0)
-- Later than any turn that could have been taken: the clock was set back.
if free < now or free > now + furthest + interval then
    free = now
end
local wait = free - now
if wait <= most then
    local following = free + interval
    redis.call('SET', KEYS[1], string.format('%.0f', following), 'PX', math.ceil((following - now) / 1000) + 1000)
end
return wait
