#include "rotactl.hpp"

#include <cstdlib>
#include <stdexcept>

namespace rota::testing {

Outcome rotactl(std::vector<std::string> arguments, const std::map<std::string, std::string>& environment) {
    const char* const build = std::getenv("ROTA_BUILD_DIR");
    if (build == nullptr) throw std::runtime_error("ROTA_BUILD_DIR is not set");
    arguments.insert(arguments.begin(), std::string(build) + "/bin/rotactl");
    return runProgram(arguments, environment);
}

} // namespace rota::testing
