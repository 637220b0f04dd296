#pragma once

#include "app/ports/availability_policy.hpp"
#include "app/ports/channel.hpp"
#include "app/ports/waitlist_strategy.hpp"
#include "base/clock.hpp"
#include "plugin_host/problem.hpp"
#include "plugin_host/settings.hpp"

#include <tl/expected.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rota::plugin_host {

class Loader;

/// One configured use of a plugin that is serving.
struct InstanceInfo {
    std::string name; ///< "channel.console", "availability.default", "availability.doctor.3"
    std::string plugin;
    std::string version;
    std::string file;
};

struct InstanceHealth {
    std::string name;
    bool healthy = true;
    std::string error; ///< redacted; empty where healthy
};

/// A counter of one instance: "channel.console", "sent", 12.
struct Counter {
    std::string instance;
    std::string name;
    double value = 0;
};

/// The configured plugins, loaded and serving. What it hands out stays valid, and in service, as long as it is held.
/// [thread-safe]
class PluginHost final : public app::ChannelRegistry, public app::AvailabilityPolicies, public app::WaitlistStrategies {
public:
    using Problems = std::vector<PluginProblem>;

    /// Finds, checks, loads, configures and activates all that the settings name. Either all of it serves, or nothing
    /// does and the answer is everything that is wrong. `clock` must outlive the host and all it handed out.
    static tl::expected<std::unique_ptr<PluginHost>, Problems> load(const Settings& settings, const base::Clock& clock);

    ~PluginHost() override;
    PluginHost(const PluginHost&) = delete;
    PluginHost& operator=(const PluginHost&) = delete;

    std::vector<std::shared_ptr<app::Channel>> channels(domain::Medium medium) const override;
    std::shared_ptr<app::Channel> find(std::string_view instance) const override;
    std::shared_ptr<const app::AvailabilityPolicy> forDoctor(base::DoctorId doctor) const override;
    std::shared_ptr<const app::WaitlistStrategy> strategyFor(base::DoctorId doctor) const override;

    std::vector<InstanceInfo> instances() const;
    /// Asks every channel that can say. Takes as long as the slowest may; policies are healthy once loaded.
    std::vector<InstanceHealth> health() const;
    std::vector<Counter> counters() const;

private:
    struct Generation;
    struct State;
    explicit PluginHost(std::unique_ptr<State> state);
    static std::shared_ptr<const Generation> generationOf(const Settings& settings, Loader& loader);
    std::shared_ptr<const Generation> current() const;

    std::unique_ptr<State> state_;
};

} // namespace rota::plugin_host
