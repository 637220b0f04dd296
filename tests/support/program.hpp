#pragma once

#include <map>
#include <string>
#include <vector>

namespace rota::testing {

struct Outcome {
    int status = -1; ///< 128 + the signal's number where one ended it
    std::string out;
    std::string err;
};

/// Runs a program, with `environment` over the test's own, and waits for its end.
Outcome runProgram(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment = {});

} // namespace rota::testing
