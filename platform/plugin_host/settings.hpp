#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"
#include "domain/job.hpp"

#include <sys/types.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace rota::plugin_host {

/// Flat keys as the configuration has them, unexpanded: `${env:NAME}` and `${file:PATH}` are resolved only when the
/// plugin asks for that secret.
using PluginConfig = std::map<std::string, std::string>;

struct ChannelSettings {
    std::string name; ///< of the instance: `channel.<name>.…`
    std::string plugin;
    PluginConfig config;
    base::Milliseconds timeout = std::chrono::seconds{10}; ///< of one call
    bool isolated = false;                                 ///< in a process of its own
    int processes = 1;                                     ///< of an isolated one
    std::string sha256{};                                  ///< see PluginChoice
};

/// Which plugin decides, for everybody (`availability.default.…`) or for one doctor (`availability.doctor.<id>.…`).
struct PluginChoice {
    std::string plugin;
    PluginConfig config;
    std::string sha256{}; ///< of the only file that may be loaded, as 64 lower-case digits; empty: of any
};

struct Settings {
    std::vector<std::string> directories; ///< absolute; the first that has the file wins
    std::set<uid_t> owners;               ///< who may own plugins and their folders, beside root and us
    /// Under it, a fresh directory takes the copies that are loaded, and is removed at the end. Must allow execution.
    std::string privateParent = "/tmp";

    std::vector<ChannelSettings> channels;
    std::map<domain::Medium, std::vector<std::string>> order; ///< names of instances, in the order of failover

    PluginChoice availability{"standard", {}};
    std::map<base::DoctorId, PluginChoice> availabilityByDoctor;

    PluginChoice waitlist{"", {}}; ///< without a plugin: strategyFor throws PolicyError
    std::map<base::DoctorId, PluginChoice> waitlistByDoctor;
};

} // namespace rota::plugin_host
