#pragma once

#include "ctl/command.hpp"
#include "server/settings.hpp"

#include <string>
#include <vector>

namespace rota::ctl {

/// --config FILE, for the options of a command.
Option configOption();

/// The configuration that rotad would read. A mistake stops the command only where it concerns a key that begins with
/// one of `prefixes` or the file as a whole: who lists plugins needs no database.
server::LoadedSettings loadConfiguration(const Arguments& arguments, const std::vector<std::string>& prefixes);

} // namespace rota::ctl
