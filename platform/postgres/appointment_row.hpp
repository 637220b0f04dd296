#pragma once

#include "domain/appointment.hpp"
#include "postgres/rows.hpp"

#include <string>

namespace rota::postgres {

/// The columns that make a domain::Appointment, where `a` is the appointment.
inline const std::string kAppointmentColumns =
    "a.id, a.doctor_id, a.patient_id, a.start_time, a.duration, a.type, a.status, a.cancellation_fee_applied, "
    "a.schedule_version";
inline constexpr int kAppointmentColumnCount = 9;

domain::Appointment readAppointment(const Rows& rows, int row, int firstColumn);

} // namespace rota::postgres
