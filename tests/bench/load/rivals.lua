-- A hundred requests for one time, then a hundred for the next: one of them wins each.
local common = dofile("common.lua")
local doctors = common.number("DOCTORS", 1000)
local days = common.weekdays()
local sent = 0
init = common.start
function request()
  local slot = math.floor(sent / 100)
  sent = sent + 1
  return wrk.format("POST", "/api/appointments", { ["Content-Type"] = "application/json" }, string.format(
    '{"doctor_id":%d,"patient_id":%d,"start_time":"%sT%02d:%02d:00Z","duration":30,"type":"standard"}',
    1 + slot % doctors, 1 + sent % 100, days[math.floor(slot / doctors / 14) + 1], 15 + math.floor(math.floor(slot / doctors) % 14 / 2),
    math.floor(slot / doctors) % 2 * 30))
end
function response(status) common.count(status, 201, 409) end
