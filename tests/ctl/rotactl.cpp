#include "rotactl.hpp"

#include <cstdlib>
#include <stdexcept>

namespace rota::testing {

std::string built(const std::string& path) {
    const char* const build = std::getenv("ROTA_BUILD_DIR");
    if (build == nullptr) throw std::runtime_error("ROTA_BUILD_DIR is not set");
    return std::string(build) + "/" + path;
}

Outcome rotactl(std::vector<std::string> arguments, const std::map<std::string, std::string>& environment) {
    arguments.insert(arguments.begin(), built("bin/rotactl"));
    return runProgram(arguments, environment);
}

} // namespace rota::testing
