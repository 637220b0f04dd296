#pragma once

#include "app/ports/availability_policy.hpp"
#include "app/ports/channel.hpp"
#include "app/ports/waitlist_strategy.hpp"
#include "base/clock.hpp"
#include "plugin_host/hosted.hpp"
#include "plugin_host/problem.hpp"
#include "plugin_host/settings.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rota::plugin_host {

class Loader;

/// A counter of one instance: "channel.console", "sent", 12.
struct Counter {
    std::string instance;
    std::string name;
    double value = 0;
};

/// What a swap made different.
struct Swap {
    std::uint64_t generation = 0;
    std::vector<std::string> changed; ///< instances that are new, gone, or made of something else
    bool policies = false;            ///< whether an availability policy is among them
};

/// The configured plugins, loaded and serving. What it hands out stays valid, and in service, as long as it is held:
/// what a swap replaces is deactivated and destroyed once nobody holds anything of it. [thread-safe]
class PluginHost final : public app::ChannelRegistry, public app::AvailabilityPolicies, public app::WaitlistStrategies {
public:
    using Problems = std::vector<PluginProblem>;

    /// Finds, checks, loads, configures and activates all that the settings name. Either all of it serves, or nothing
    /// does and the answer is everything that is wrong. `clock` must outlive the host and all it handed out.
    static tl::expected<std::unique_ptr<PluginHost>, Problems> load(const Settings& settings, const base::Clock& clock);

    /// The same for new settings (their directory for copies apart), beside what serves; then the new generation
    /// serves instead. An instance that changed must say that it is healthy: whoever replaces a provider hears now that
    /// its key is wrong, while one that has an outage does not keep others from being replaced. With any problem all
    /// stays as it was. Swaps come one after the other.
    tl::expected<Swap, Problems> swap(const Settings& settings);

    /// What such a load would find wrong; nothing of it serves.
    Problems check(const Settings& settings);

    ~PluginHost() override;
    PluginHost(const PluginHost&) = delete;
    PluginHost& operator=(const PluginHost&) = delete;

    std::vector<std::shared_ptr<app::Channel>> channels(domain::Medium medium) const override;
    std::shared_ptr<app::Channel> find(std::string_view instance) const override;
    std::shared_ptr<const app::AvailabilityPolicy> forDoctor(base::DoctorId doctor) const override;
    std::shared_ptr<const app::WaitlistStrategy> strategyFor(base::DoctorId doctor) const override;

    /// Before the server ends: of the calls under way, those in processes of their own come back at once, as ones whose
    /// outcome is unknown, and no more are made.
    void abandonCalls();

    std::uint64_t generation() const;
    /// All that are serving, and those of earlier generations that are not done yet.
    std::vector<InstanceInfo> instances() const;
    std::vector<Counter> counters() const;

private:
    struct Generation;
    struct State;
    explicit PluginHost(std::unique_ptr<State> state);
    static std::vector<InstanceInfo> infosOf(const Generation& generation);
    static std::vector<InstanceInfo> drainingOf(const Generation& generation);
    static std::unique_ptr<Generation> generationOf(const Settings& settings, Loader& loader);
    std::shared_ptr<const Generation> current() const;
    std::vector<std::shared_ptr<const Generation>> all() const;
    void serve(std::unique_ptr<Generation> made);

    std::unique_ptr<State> state_;
};

} // namespace rota::plugin_host
