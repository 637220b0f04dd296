#pragma once

#include "app/clinic.hpp"
#include "app/ports/appointment_store.hpp"
#include "app/ports/job_queue.hpp"
#include "base/clock.hpp"

#include <tl/expected.hpp>

#include <variant>

namespace rota::app {

struct AppointmentNotFound {};

struct Cancelled {
    bool feeApplied = false;
    int feeCents = 0;
    /// Messages about the appointment that were under way and may still arrive.
    int messagesInFlight = 0;
};

using CancelRefused = std::variant<AppointmentNotFound, domain::AlreadyCancelled, domain::CannotCancelPast>;

/// Cancels, with the fee where it is late; voids what was still to be sent; has the time offered to the waitlist.
/// Throws StorageError. [thread-safe]
class CancelAppointment {
public:
    CancelAppointment(AppointmentStore& appointments, JobQueue& queue, const base::Clock& clock, const Clinic& clinic);

    tl::expected<Cancelled, CancelRefused> operator()(base::AppointmentId id);

private:
    AppointmentStore& appointments_;
    JobQueue& queue_;
    const base::Clock& clock_;
    const Clinic& clinic_;
};

} // namespace rota::app
