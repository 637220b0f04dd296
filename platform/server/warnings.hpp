#pragma once

#include "server/settings.hpp"

#include <vector>

namespace rota::server {

/// What hinders no start, and still is hardly meant where patients are served: messages that reach nobody, and what the
/// example says of its clinic. Empty in development.
std::vector<SettingsProblem> productionWarnings(const LoadedSettings& loaded);

} // namespace rota::server
