#pragma once

#include "http/plugin_operations.hpp"
#include "plugin_host/plugin_host.hpp"
#include "server/reload_everywhere.hpp"

#include <string_view>
#include <vector>

/// What the operations port says of plugins.
namespace rota::server {

std::string_view toString(plugin_host::InstanceInfo::State state);

std::vector<http::PluginStatus> pluginStatus(const plugin_host::PluginHost& plugins);

http::ReloadAnswer reloadAnswer(ReloadEverywhere::Answer answer);

} // namespace rota::server
