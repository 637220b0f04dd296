#pragma once

#include "support/program.hpp"

#include <map>
#include <string>
#include <vector>

namespace rota::testing {

/// Runs ${ROTA_BUILD_DIR}/bin/rotactl.
Outcome rotactl(std::vector<std::string> arguments, const std::map<std::string, std::string>& environment = {});

} // namespace rota::testing
