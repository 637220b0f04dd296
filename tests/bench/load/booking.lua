-- Books free half hours, each once: doctors, days and times are walked through in a scattered order, the OFFSETth first.
-- Between 15:00 and 22:00 UTC, which is within New York's 8:00 to 18:00 in summer and winter. Stops where all are booked.
local common = dofile("common.lua")
local first, doctors, patients = common.number("FIRST_DOCTOR", 1), common.number("DOCTORS", 1000), common.number("PATIENTS", 10000)
local times = common.number("TIMES", 14)
local days = common.weekdays()
local all = doctors * #days * times
local step = 7919 -- a prime that divides none of them
local place = common.number("OFFSET", 0)
local stop = place + all
init = common.start
function request()
  if place >= stop then wrk.thread:stop() end
  local at = place * step % all
  place = place + 1
  local half = math.floor(at / doctors) % times
  local minutes = (times > 14 and 0 or 900) + half * 30
  return wrk.format("POST", "/api/appointments", { ["Content-Type"] = "application/json" }, string.format(
    '{"doctor_id":%d,"patient_id":%d,"start_time":"%sT%02d:%02d:00Z","duration":30,"type":"standard"}',
    first + at % doctors, math.random(1, patients), days[math.floor(at / doctors / times) + 1], math.floor(minutes / 60), minutes % 60))
end
function response(status) common.count(status, 201, 409) end
