#pragma once

#include "ctl/command.hpp"

namespace rota::ctl {

// clang-format off
Command pluginCheck();
Command pluginConform();
Command pluginInspect();
Command pluginList();
Command pluginNew();
Command pluginReload();
Command seed();
Command templatePreview();
// clang-format on

/// All of them, in the order in which the help shows them.
std::vector<Command> commands();

} // namespace rota::ctl
