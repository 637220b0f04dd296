#include "postgres/appointment_row.hpp"

#include <stdexcept>

namespace rota::postgres {

domain::Appointment readAppointment(const Rows& rows, int row, int firstColumn) {
    const auto type = domain::parseVisitType(rows.text(row, firstColumn + 5));
    const auto status = domain::parseAppointmentStatus(rows.text(row, firstColumn + 6));
    if (!type || !status) throw std::logic_error("appointments hold an unknown type or status");

    domain::Appointment appointment;
    appointment.id = rows.id<base::AppointmentId>(row, firstColumn);
    appointment.doctor = rows.id<base::DoctorId>(row, firstColumn + 1);
    appointment.patient = rows.id<base::PatientId>(row, firstColumn + 2);
    appointment.start = rows.instant(row, firstColumn + 3);
    appointment.duration = base::Minutes(rows.integer(row, firstColumn + 4));
    appointment.type = *type;
    appointment.status = *status;
    appointment.cancellationFeeApplied = rows.boolean(row, firstColumn + 7);
    appointment.scheduleVersion = static_cast<int>(rows.integer(row, firstColumn + 8));
    appointment.calendarSequence = static_cast<int>(rows.integer(row, firstColumn + 9));
    if (!rows.isNull(row, firstColumn + 10)) appointment.cancelledAt = rows.instant(row, firstColumn + 10);
    return appointment;
}

} // namespace rota::postgres
