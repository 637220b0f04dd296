#pragma once

#include "app/channel_rules.hpp"
#include "app/templates.hpp"
#include "base/clock.hpp"
#include "plugin_host/plugin_host.hpp"
#include "postgres/connection.hpp"
#include "server/settings.hpp"

#include <tl/expected.hpp>

#include <memory>
#include <string>
#include <vector>

namespace rota::server {

/// What can be made from the configuration alone, without a database: all that `rotad --check` looks at, and the first
/// step of every start.
struct Preparation {
    postgres::ConnectionSettings database;
    app::Templates templates;
    std::unique_ptr<plugin_host::PluginHost> plugins;
    base::Instant at; ///< when the configuration was read
};

/// What the plugin host is to load.
plugin_host::Settings pluginSettings(const Settings& settings);

/// What whoever sends goes by.
app::ChannelRulesByName::Map channelRulesOf(const Settings& settings);

/// Every mistake there is, a line each, or what was made. `clock` must outlive the plugins.
tl::expected<Preparation, std::vector<std::string>> prepare(const LoadedSettings& loaded, const base::Clock& clock);

} // namespace rota::server
