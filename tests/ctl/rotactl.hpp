#pragma once

#include "support/program.hpp"

#include <map>
#include <string>
#include <vector>

namespace rota::testing {

/// What the build made at `path` below its directory.
std::string built(const std::string& path);

/// Runs ${ROTA_BUILD_DIR}/bin/rotactl.
Outcome rotactl(std::vector<std::string> arguments, const std::map<std::string, std::string>& environment = {});

} // namespace rota::testing
