#pragma once

#include "app/cancel_appointment.hpp"
#include "app/clinic.hpp"
#include "app/ports/appointment_store.hpp"
#include "app/ports/availability_policy.hpp"
#include "app/ports/job_queue.hpp"
#include "base/clock.hpp"

#include <tl/expected.hpp>

#include <variant>

namespace rota::app {

using RescheduleRefused = std::variant<AppointmentNotFound, domain::AlreadyCancelled, domain::CannotReschedulePast,
                                       domain::TooLateToReschedule, domain::BookingRefused>;

/// Gives an appointment another time with the same doctor, under all rules of a booking, but that its own time is free
/// for it. Decides and writes while the doctor's row is locked, so that the new time is secured before the old one is
/// freed, which is then offered to the waitlist. Asked for the time that it has, it changes nothing. Throws
/// StorageError, PolicyError. [thread-safe]
class RescheduleAppointment {
public:
    RescheduleAppointment(AppointmentStore& appointments, const AvailabilityPolicies& policies, JobQueue& queue,
                          const base::Clock& clock, const Clinic& clinic);

    tl::expected<void, RescheduleRefused> operator()(base::AppointmentId id, base::Instant start);

private:
    tl::expected<void, RescheduleRefused> check(LockedAppointment& locked, base::Instant start,
                                                base::Instant now) const;
    tl::expected<CancellationDone, RescheduleRefused> move(LockedAppointment& locked, base::Instant start) const;

    AppointmentStore& appointments_;
    const AvailabilityPolicies& policies_;
    JobQueue& queue_;
    const base::Clock& clock_;
    const Clinic& clinic_;
};

} // namespace rota::app
