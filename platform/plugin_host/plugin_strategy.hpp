#pragma once

#include "app/ports/waitlist_strategy.hpp"
#include "plugin_host/plugin_instance.hpp"

#include <rota/plugin.h>

#include <memory>

namespace rota::plugin_host {

/// rota.waitlist/1 as the port. A plugin that names somebody twice, or nobody that it was given, has failed.
class PluginWaitlistStrategy final : public app::WaitlistStrategy {
public:
    /// Null where the instance lacks the interface.
    static std::shared_ptr<PluginWaitlistStrategy> of(std::shared_ptr<PluginInstance> instance);

    std::vector<app::RankedCandidate> rank(const app::FreedSlot& slot,
                                           std::span<const app::WaitlistCandidate> candidates) const override;

private:
    PluginWaitlistStrategy(std::shared_ptr<PluginInstance> instance, const rota_waitlist_v1* table)
        : instance_(std::move(instance)), table_(table) {}

    std::shared_ptr<PluginInstance> instance_;
    const rota_waitlist_v1* table_;
};

} // namespace rota::plugin_host
