#pragma once

#include "app/clinic.hpp"
#include "app/pause.hpp"
#include "app/ports/appointment_store.hpp"
#include "app/ports/delivery_store.hpp"
#include "app/ports/job_queue.hpp"
#include "base/clock.hpp"

#include <tl/expected.hpp>

#include <span>
#include <variant>

namespace rota::app {

struct AppointmentNotFound {};

struct Cancelled {
    bool feeApplied = false;
    int feeCents = 0;
    /// Messages about the appointment that were under way, and have left since or may still leave.
    int messagesInFlight = 0;
};

using CancelRefused = std::variant<AppointmentNotFound, domain::AlreadyCancelled, domain::CannotCancelPast>;

/// Cancels, with the fee where it is late; voids what was still to be sent; has the patient told and the time offered
/// to the waitlist. Where messages were just being sent it waits, up to limits::kInFlightWait, for what becomes of
/// them. Throws StorageError. [thread-safe]
class CancelAppointment {
public:
    CancelAppointment(AppointmentStore& appointments, DeliveryStore& deliveries, JobQueue& queue,
                      const base::Clock& clock, const Clinic& clinic, Pause pause = sleeping());

    tl::expected<Cancelled, CancelRefused> operator()(base::AppointmentId id);

private:
    int stillInFlight(std::span<const base::JobId> jobs);

    AppointmentStore& appointments_;
    DeliveryStore& deliveries_;
    JobQueue& queue_;
    const base::Clock& clock_;
    const Clinic& clinic_;
    const Pause pause_;
};

} // namespace rota::app
