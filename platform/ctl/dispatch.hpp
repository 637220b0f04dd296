#pragma once

#include "ctl/command.hpp"

#include <string>
#include <vector>

namespace rota::ctl {

/// Finds the command that the words name, reads its options, runs it. Says on standard error what is wrong.
int dispatch(const std::vector<std::string>& words);

} // namespace rota::ctl
