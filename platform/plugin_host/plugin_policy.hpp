#pragma once

#include "app/ports/availability_policy.hpp"
#include "plugin_host/plugin_instance.hpp"

#include <rota/plugin.h>

#include <memory>

namespace rota::plugin_host {

/// rota.availability/1 as the port. What a plugin offers against the rules of the contract (outside the hours, over an
/// appointment, of another length) is left out, with a warning: no patient is to see it.
class PluginAvailabilityPolicy final : public app::AvailabilityPolicy {
public:
    /// Null where the instance lacks the interface.
    static std::shared_ptr<PluginAvailabilityPolicy> of(std::shared_ptr<PluginInstance> instance);

    std::vector<base::Interval> slots(const domain::AvailabilityQuery& query) const override;
    bool admits(const domain::AvailabilityQuery& query, base::Instant start) const override;

private:
    PluginAvailabilityPolicy(std::shared_ptr<PluginInstance> instance, const rota_availability_v1* table)
        : instance_(std::move(instance)), table_(table) {}

    std::shared_ptr<PluginInstance> instance_;
    const rota_availability_v1* table_;
};

} // namespace rota::plugin_host
