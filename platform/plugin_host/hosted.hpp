#pragma once

#include "app/ports/channel.hpp"
#include "plugin_host/call_meter.hpp"

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rota::plugin_host {

/// One configured use of a plugin, as operators see it.
struct InstanceInfo {
    enum class State {
        Serving,
        Draining,   ///< of an earlier generation: finishes the calls that it has
        Restarting, ///< its process ended, and is started again in a moment
        Quarantined ///< its process ended too often: it stays down until a reload
    };

    std::string name; ///< "channel.console", "availability.default", "availability.doctor.3"
    std::string plugin;
    std::string version;
    std::string file;
    std::uint64_t generation = 0;
    State state = State::Serving;
    bool isolated = false;
    std::vector<pid_t> processes; ///< of an isolated one, those that run
    CallMeter::Reading calls;
    std::uint64_t restarts = 0;
};

/// One configured use of a plugin, wherever it runs. [thread-safe]
class Hosted {
public:
    virtual ~Hosted() = default;
    /// Without the generation, which it does not know.
    virtual InstanceInfo info() const = 0;
    /// What the plugin counted, by its own names.
    virtual std::map<std::string, double> counters() const = 0;
};

/// A channel of a configuration, wherever its plugin runs.
class HostedChannel : public app::Channel {
public:
    virtual bool takes(domain::Medium medium) const = 0;
    /// For the end of the server: where its plugin can be ended, nobody waits for a call of it any more.
    virtual void abandonCalls() {}
};

} // namespace rota::plugin_host
