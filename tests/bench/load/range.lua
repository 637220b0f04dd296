-- Six weeks of a random doctor's calendar, as the page shows a month.
local common = dofile("common.lua")
local doctors = common.number("DOCTORS", 1000)
local from, to = os.date("!%Y-%m-%d", os.time() + 86400), os.date("!%Y-%m-%d", os.time() + 42 * 86400)
init = common.start
function request()
  return wrk.format("GET", string.format("/api/doctors/%d/availability?from=%s&to=%s", math.random(1, doctors), from, to))
end
function response(status) common.count(status, 200) end
