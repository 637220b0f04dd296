#pragma once

#include "plugin_host/hosted.hpp"
#include "plugin_host/plugin_host.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace rota::plugin_host {

/// All that one configuration names, serving. Never changed once made: a new configuration is a new generation, and
/// the old one lives until the last call on it is done.
struct PluginHost::Generation {
    std::uint64_t number = 0;
    std::vector<std::shared_ptr<const Hosted>> instances;
    std::map<std::string, std::string> makings; ///< by subject, what each instance was made of
    std::vector<std::shared_ptr<HostedChannel>> channels;
    std::map<domain::Medium, std::vector<std::shared_ptr<HostedChannel>>> order;
    std::shared_ptr<const app::AvailabilityPolicy> availability;
    std::map<base::DoctorId, std::shared_ptr<const app::AvailabilityPolicy>> availabilityByDoctor;
    std::shared_ptr<const app::WaitlistStrategy> waitlist; ///< null where none is configured
    std::map<base::DoctorId, std::shared_ptr<const app::WaitlistStrategy>> waitlistByDoctor;
};

} // namespace rota::plugin_host
