#pragma once

#include "plugin_host/plugin_channel.hpp"
#include "plugin_host/plugin_host.hpp"
#include "plugin_host/plugin_policy.hpp"
#include "plugin_host/plugin_strategy.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace rota::plugin_host {

/// All that one configuration names, serving. Never changed once made: a new configuration is a new generation, and
/// the old one lives until the last call on it is done.
struct PluginHost::Generation {
    std::vector<std::shared_ptr<PluginInstance>> instances;
    std::vector<std::shared_ptr<PluginChannel>> channels;
    std::map<domain::Medium, std::vector<std::shared_ptr<PluginChannel>>> order;
    std::shared_ptr<const app::AvailabilityPolicy> availability;
    std::map<base::DoctorId, std::shared_ptr<const app::AvailabilityPolicy>> availabilityByDoctor;
    std::shared_ptr<const app::WaitlistStrategy> waitlist; ///< null where none is configured
    std::map<base::DoctorId, std::shared_ptr<const app::WaitlistStrategy>> waitlistByDoctor;
};

} // namespace rota::plugin_host
