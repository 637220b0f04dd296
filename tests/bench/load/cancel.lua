-- Cancels the appointments from number FIRST to LAST, each once.
local common = dofile("common.lua")
local id, last = common.number("FIRST"), common.number("LAST")
init = common.start
function request()
  if id > last then wrk.thread:stop() end
  id = id + 1
  return wrk.format("DELETE", "/api/appointments/" .. id - 1)
end
function response(status) common.count(status, 200, 404) end
