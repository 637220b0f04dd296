-- One day's free times of a random doctor.
local common = dofile("common.lua")
local doctors = common.number("DOCTORS", 1000)
local days = common.weekdays()
init = common.start
function request()
  return wrk.format("GET", string.format("/api/doctors/%d/availability?date=%s", math.random(1, doctors), days[math.random(#days)]))
end
function response(status) common.count(status, 200) end
