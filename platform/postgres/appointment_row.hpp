#pragma once

#include "domain/appointment.hpp"
#include "postgres/rows.hpp"

#include <string>

namespace rota::postgres {

/// The columns that make a domain::Appointment, where `a` is the appointment.
inline const std::string kAppointmentColumns =
    "a.id, a.doctor_id, a.patient_id, a.start_time, a.duration, a.type, a.status, a.cancellation_fee_applied, "
    "a.schedule_version, a.calendar_sequence, a.cancelled_at";
inline constexpr int kAppointmentColumnCount = 11;

domain::Appointment readAppointment(const Rows& rows, int row, int firstColumn);

} // namespace rota::postgres
