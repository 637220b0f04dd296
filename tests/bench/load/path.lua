-- The same path again and again, from the environment.
local common = dofile("common.lua")
local path = os.getenv("REQUEST_PATH")
init = common.start
function request() return wrk.format("GET", path) end
function response(status) common.count(status, 200) end
