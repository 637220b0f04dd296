#pragma once

#include "app/cancel_appointment.hpp"
#include "app/ports/appointment_store.hpp"
#include "base/clock.hpp"

#include <tl/expected.hpp>

#include <variant>

namespace rota::app {

using CompleteRefused = std::variant<AppointmentNotFound, domain::AlreadyCancelled, domain::NotStartedYet>;

/// Records that an appointment took place, or that the patient did not come, once it has begun. The clinic may correct
/// itself. Throws StorageError. [thread-safe]
class CompleteAppointment {
public:
    CompleteAppointment(AppointmentStore& appointments, const base::Clock& clock);

    /// `status` is Completed or NoShow.
    tl::expected<void, CompleteRefused> operator()(base::AppointmentId id, domain::AppointmentStatus status);

private:
    AppointmentStore& appointments_;
    const base::Clock& clock_;
};

} // namespace rota::app
