#pragma once

#include "base/time.hpp"

#include <string>

namespace rota::app {

/// Which callbacks were dealt with, for limits::kProviderEventsKept. Throws StorageError. [thread-safe]
class ProviderEventStore {
public:
    virtual ~ProviderEventStore() = default;

    virtual bool seen(const std::string& channel, const std::string& eventId, base::Instant now) = 0;
    /// To be called once the event has had its effect: what fails before comes again. False where it was remembered
    /// already.
    virtual bool remember(const std::string& channel, const std::string& eventId, base::Instant now) = 0;
};

} // namespace rota::app
