-- What a page asks for: mostly free times, then calendars, dashboards, the directory.
local common = dofile("common.lua")
local doctors, patients = common.number("DOCTORS", 1000), common.number("PATIENTS", 10000)
local days = common.weekdays()
local from, to = days[1], days[20]
init = common.start
function request()
  local dice = math.random(1, 20)
  if dice == 1 then return wrk.format("GET", string.format("/api/patients/%d/appointments", math.random(1, patients))) end
  if dice == 2 then
    return wrk.format("GET", string.format("/api/doctors/%d/availability?from=%s&to=%s", math.random(1, doctors), from, to))
  end
  if dice == 3 then return wrk.format("GET", "/api/doctors/" .. math.random(1, doctors)) end
  return wrk.format("GET", string.format("/api/doctors/%d/availability?date=%s", math.random(1, doctors), days[math.random(#days)]))
end
function response(status) common.count(status, 200) end
