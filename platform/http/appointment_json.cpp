#include "http/appointment_json.hpp"

namespace rota::http {

Json appointmentJson(const app::AppointmentDetails& details, const base::Zone& zone, base::Instant now) {
    const auto& appointment = details.appointment;
    Json shown{
        {"id", appointment.id.value},
        {"doctor", {{"id", appointment.doctor.value}, {"name", details.doctorName}, {"specialty", details.specialty}}},
        {"patient", {{"id", appointment.patient.value}, {"name", details.patientName}}},
        {"start_time", zone.iso(appointment.start)},
        {"end_time", zone.iso(appointment.span().end)},
        {"duration", appointment.duration.count()},
        {"type", domain::toString(appointment.type)},
        {"status", domain::toString(appointment.status)},
        {"cancellation_fee_applied", appointment.cancellationFeeApplied}};
    if (appointment.cancelledAt) shown["cancelled_at"] = zone.iso(*appointment.cancelledAt);
    shown["category"] = domain::toString(domain::categoryOf(appointment, now));
    return shown;
}

} // namespace rota::http
