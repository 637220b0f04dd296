#pragma once

#include "app/ports/channel.hpp"
#include "app/ports/delivery_store.hpp"
#include "app/ports/provider_event_store.hpp"
#include "app/ports/suppression_store.hpp"
#include "base/clock.hpp"

#include <span>
#include <string>

namespace rota::app {

/// Takes in what a provider reports by its callbacks: moves the message's job, resolves what was in doubt, remembers
/// who wants no messages. An event that comes twice, or in another order than it happened, makes no difference. Throws
/// StorageError: then the provider is to call again. [thread-safe]
class RecordDeliveryEvent {
public:
    RecordDeliveryEvent(DeliveryStore& deliveries, SuppressionStore& suppressions, ProviderEventStore& events,
                        const base::Clock& clock);

    /// `channel` is the instance whose callback it was.
    void operator()(const std::string& channel, std::span<const ProviderEvent> events);

private:
    void record(const std::string& channel, const ProviderEvent& event, base::Instant now);
    void moveJob(const std::string& channel, const ProviderEvent& event, base::Instant occurred, base::Instant now);
    void suppress(const std::string& channel, const ProviderEvent& event, base::Instant occurred);

    DeliveryStore& deliveries_;
    SuppressionStore& suppressions_;
    ProviderEventStore& events_;
    const base::Clock& clock_;
};

} // namespace rota::app
