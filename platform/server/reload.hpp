#pragma once

#include "app/channel_circuit.hpp"
#include "app/channel_rules.hpp"
#include "app/templates.hpp"
#include "plugin_host/plugin_host.hpp"
#include "server/settings.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace rota::server {

/// One thing that kept a reload from being done.
struct ReloadProblem {
    std::string code; ///< PLG-…; CONFIG for a key, TEMPLATE for a text
    std::string subject;
    std::string cause;
    std::string remedy;
};

struct Reloaded {
    std::uint64_t generation = 0;        ///< that serves now
    std::vector<std::string> changed;    ///< instances of plugins that are new, gone, or made of something else
    std::vector<std::string> restart;    ///< keys that were changed, and count from the next start on
    std::vector<ReloadProblem> problems; ///< with any, all is as it was
};

/// Reads the configuration anew and puts in force what can change while the server runs: channels, their order and
/// rules, policies and strategies, where plugins lie, the texts of messages, the level of logs. [thread-safe]
class Reload {
public:
    /// `started` is what the server was started with; `raiseCalendars` makes what was decided by an earlier policy
    /// stale. All that it refers to outlives it.
    Reload(const LoadedSettings& started, plugin_host::PluginHost& plugins, app::ChannelRulesByName& channelRules,
           app::ChannelCircuit& circuit, app::Templates& templates, std::function<void()> raiseCalendars);

    Reloaded operator()();

    /// What could not be finished because the database was away; to be called from time to time. Throws StorageError.
    void finish();

private:
    Reloaded read(const LoadedSettings& loaded);
    std::vector<std::string> waitingForRestart(const LoadedSettings& loaded) const;

    const std::filesystem::path file_;
    const std::map<std::string, std::string> started_; ///< key and value
    plugin_host::PluginHost& plugins_;
    app::ChannelRulesByName& channelRules_;
    app::ChannelCircuit& circuit_;
    app::Templates& templates_;
    const std::function<void()> raiseCalendars_;
    std::mutex mutex_; ///< one reload at a time
    bool calendarsStale_ = false;
};

} // namespace rota::server
