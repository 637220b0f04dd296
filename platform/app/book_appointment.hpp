#pragma once

#include "app/clinic.hpp"
#include "app/ports/appointment_store.hpp"
#include "app/ports/availability_policy.hpp"
#include "app/ports/job_queue.hpp"
#include "base/clock.hpp"

#include <tl/expected.hpp>

namespace rota::app {

/// Books a time for a patient. Decides on one snapshot and writes only if the doctor's calendar is still the one
/// decided on; if not, decides once more with the doctor's row locked. So rules that no database constraint knows, a
/// policy's or a time off of this second, cannot be raced either. Throws StorageError, PolicyError. [thread-safe]
class BookAppointment {
public:
    BookAppointment(AppointmentStore& appointments, const AvailabilityPolicies& policies, JobQueue& queue,
                    const base::Clock& clock, const Clinic& clinic);

    tl::expected<domain::Appointment, domain::BookingRefused> operator()(const NewAppointment& wanted);

private:
    struct Decision;
    Decision decide(BookingCalendar& calendar, const NewAppointment& wanted) const;

    AppointmentStore& appointments_;
    const AvailabilityPolicies& policies_;
    JobQueue& queue_;
    const base::Clock& clock_;
    const Clinic& clinic_;
};

} // namespace rota::app
