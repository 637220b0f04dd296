-- Leases jobs that are due, the earliest first. Only if the queue is the one that was last filled: the epoch is
-- missing after a flush, and names another server after a fail-over or a restart from an old snapshot.
--
-- Each id leaves `due` before it enters `lease`: Redis refuses a script's first write when its memory is full if
-- that write could grow, but not one that frees, nor those after it. Both happen in one step for everybody else.
--
-- KEYS  1 due, 2 lease, 3 epoch
-- ARGV  1 the server's run id, 2 how many at most, 3 now (ms), 4 lease until (ms)
-- Returns {'rebuild'}; or {'due', id...}; or {'next', time due (ms)}; or {'next'} where nothing waits.

local epoch = redis.call('GET', KEYS[3])
if not epoch or string.sub(epoch, 1, #ARGV[1]) ~= ARGV[1] then
    return {'rebuild'}
end

local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[3], 'LIMIT', 0, ARGV[2])
if #ids == 0 then
    return {'next', redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]}
end
for _, id in ipairs(ids) do
    redis.call('ZREM', KEYS[1], id)
    redis.call('ZADD', KEYS[2], ARGV[4], id)
end
table.insert(ids, 1, 'due')
return ids
