#include "http/commands.hpp"
#include "http/handlers/handlers.hpp"
#include "http/json.hpp"

#include <fmt/format.h>

namespace rota::http {
namespace {

Json bookedJson(const domain::Appointment& appointment, const base::Zone& zone) {
    return {{"id", appointment.id.value},
            {"doctor_id", appointment.doctor.value},
            {"patient_id", appointment.patient.value},
            {"start_time", zone.iso(appointment.start)},
            {"end_time", zone.iso(appointment.span().end)},
            {"duration", appointment.duration.count()},
            {"type", domain::toString(appointment.type)},
            {"status", domain::toString(appointment.status)}};
}

Json detailsJson(const app::AppointmentDetails& details, const base::Zone& zone) {
    const auto& appointment = details.appointment;
    return {
        {"id", appointment.id.value},
        {"doctor", {{"id", appointment.doctor.value}, {"name", details.doctorName}, {"specialty", details.specialty}}},
        {"patient", {{"id", appointment.patient.value}, {"name", details.patientName}}},
        {"start_time", zone.iso(appointment.start)},
        {"end_time", zone.iso(appointment.span().end)},
        {"duration", appointment.duration.count()},
        {"type", domain::toString(appointment.type)},
        {"status", domain::toString(appointment.status)},
        {"cancellation_fee_applied", appointment.cancellationFeeApplied}};
}

Response book(const Services& services, const Request& request) {
    const auto body = parseJsonObject(request);
    if (!body) return body.error();
    const auto wanted = parseBooking(*body, services.clinic.zone);
    if (!wanted) return validationFailed(wanted.error());
    const auto booked = services.bookAppointment(*wanted);
    if (!booked) return refused(booked.error(), services.clinic);
    auto response = json(201, bookedJson(*booked, services.clinic.zone));
    response.headers.push_back({"Location", fmt::format("/api/appointments/{}", booked->id.value)});
    return response;
}

Response show(const Services& services, const Request& request) {
    const auto id = parsePathId(request);
    if (!id) return appointmentNotFound();
    const auto details = services.appointments.find(base::AppointmentId{*id});
    return details ? json(200, detailsJson(*details, services.clinic.zone)) : appointmentNotFound();
}

Response cancel(const Services& services, const Request& request) {
    const auto id = parsePathId(request);
    if (!id) return appointmentNotFound();
    const auto cancelled = services.cancelAppointment(base::AppointmentId{*id});
    if (!cancelled) return refused(cancelled.error());
    std::string message = "Appointment cancelled";
    if (cancelled->feeApplied)
        message += fmt::format(". A {} late cancellation fee applies.", formatMoney(cancelled->feeCents));
    return json(200, {{"message", message},
                      {"cancellation_fee_applied", cancelled->feeApplied},
                      {"messages_in_flight", cancelled->messagesInFlight}});
}

} // namespace

void addAppointments(Router& router, const Services& services) {
    router.add("POST", "/api/appointments", [services](const Request& request) { return book(services, request); });
    router.add("GET", "/api/appointments/:id", [services](const Request& request) { return show(services, request); });
    router.add("DELETE", "/api/appointments/:id",
               [services](const Request& request) { return cancel(services, request); });
}

} // namespace rota::http
