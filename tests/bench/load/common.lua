-- What all loads share: days and times to ask for, answers counted by status, one JSON line at the end.
-- wrk runs `init`, `request` and `response` in its threads, `setup` and `done` outside of them.
local ffi = require("ffi")
ffi.cdef("struct moment { long seconds; long nanoseconds; }; int clock_gettime(int clock, struct moment *now);")
local moment = ffi.new("struct moment")

local common = {}
local threads = {}

local function now()
  ffi.C.clock_gettime(1, moment) -- CLOCK_MONOTONIC
  return tonumber(moment.seconds) + tonumber(moment.nanoseconds) / 1e9
end

function common.number(name, default) return tonumber(os.getenv(name) or default) end

-- The weekdays from 8 to 80 days ahead: within what may be booked, and past today's notice.
function common.weekdays()
  local days = {}
  for ahead = 8, 80 do
    local day = os.time() + ahead * 86400
    if os.date("!%w", day):match("[1-5]") then days[#days + 1] = os.date("!%Y-%m-%d", day) end
  end
  return days
end

-- As globals of a thread, so that `done` can read them.
function common.start()
  math.randomseed(common.number("ROUND", 1) * 7919)
  made, taken, wrong = 0, 0, 0
  began = now()
  ended = began
end

function common.count(status, success, refusal)
  ended = now()
  if status == success then made = made + 1 elseif status == refusal then taken = taken + 1 else wrong = wrong + 1 end
end

function setup(thread) threads[#threads + 1] = thread end

function done(summary, latency)
  local sum = { made = 0, taken = 0, wrong = 0 }
  for _, thread in ipairs(threads) do
    for name in pairs(sum) do sum[name] = sum[name] + (thread:get(name) or 0) end
  end
  -- Until the last answer: a load whose requests run out ends before wrk does.
  local seconds = math.max(threads[1]:get("ended") - threads[1]:get("began"), 1e-3)
  local errors = summary.errors
  local ms = function(percent) return latency:percentile(percent) / 1000 end
  print(string.format(
    '{"per second":%.1f,"p50 ms":%.3f,"p95 ms":%.3f,"p99 ms":%.3f,"p99.9 ms":%.3f,"slowest ms":%.3f,"refused":%d,"wrong":%d}',
    sum.made / seconds, ms(50), ms(95), ms(99), ms(99.9), latency.max / 1000, sum.taken,
    sum.wrong + errors.connect + errors.read + errors.write + errors.timeout))
end

return common
