#pragma once

#include "app/ports/appointment_store.hpp"

#include <string>
#include <vector>

namespace rota::app {

/// What a text that came from a phone may be about. Phones are XXX-XXX-XXXX; families share one. Throws StorageError.
/// [thread-safe]
class ReplyStore {
public:
    virtual ~ReplyStore() = default;

    /// Standing appointments that begin after `now` and whose SMS reminder went to that phone, the last reminder first.
    virtual std::vector<base::AppointmentId> reminded(const std::string& phone, base::Instant now) = 0;

    /// Has everybody told by email whose SMS reminders went to that phone, and, where `clinicToo`, the clinic of each
    /// of them, that a text cancelled nothing. The same `text` (the provider's id of it) is announced once. The jobs
    /// made.
    virtual std::vector<QueuedJob> announceUnclear(const std::string& phone, const std::string& text, bool clinicToo,
                                                   base::Instant now) = 0;
};

} // namespace rota::app
