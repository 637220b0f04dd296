-- One request a connection, which then stays open and silent.
local common = dofile("common.lua")
local count = 0
init = common.start
-- Called before each request, so the first one on each of the CONNECTIONS goes out at once.
function delay()
  count = count + 1
  return count <= common.number("CONNECTIONS") and 0 or 3600000
end
function request() return wrk.format("GET", "/healthz") end
function response(status) common.count(status, 200) end
