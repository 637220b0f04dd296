#include "app/calendar_event.hpp"
#include "base/money.hpp"
#include "http/appointment_json.hpp"
#include "http/commands.hpp"
#include "http/handlers/handlers.hpp"
#include "http/json.hpp"
#include "http/portal_commands.hpp"

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

Response shown(const Services& services, base::AppointmentId id) {
    const auto details = services.appointments.find(id);
    return details ? json(200, appointmentJson(*details, services.clinic.zone, services.clock.now()))
                   : appointmentNotFound();
}

Response showAppointment(const Services& services, const Request& request) {
    const auto id = parsePathId(request);
    return id ? shown(services, {*id}) : appointmentNotFound();
}

Response change(const Services& services, const Request& request) {
    const auto pathId = parsePathId(request);
    if (!pathId) return appointmentNotFound();
    const base::AppointmentId id{*pathId};
    const auto body = parseJsonObject(request);
    if (!body) return body.error();
    const auto wanted = parseAppointmentChange(*body, services.clinic.zone);
    if (!wanted) return validationFailed(wanted.error());
    if (const auto* start = std::get_if<base::Instant>(&*wanted)) {
        if (const auto done = services.rescheduleAppointment(id, *start); !done)
            return reschedulingRefused(done.error(), services.clinic);
    } else if (const auto done = services.completeAppointment(id, std::get<domain::AppointmentStatus>(*wanted));
               !done) {
        return completionRefused(done.error());
    }
    return shown(services, id);
}

Response showCalendar(const Services& services, const Request& request) {
    const auto id = parsePathId(request);
    const auto details = id ? services.appointments.find(base::AppointmentId{*id}) : std::nullopt;
    if (!details) return appointmentNotFound();
    const auto& appointment = details->appointment;
    Response response;
    response.body = app::calendarEvent(appointment, details->doctorName, services.clinic, services.clock.now());
    response.headers = {{"Content-Type", app::calendarContentType(appointment)},
                        {"Content-Disposition", "attachment; filename=\"appointment.ics\""}};
    return response;
}

Response cancel(const Services& services, const Request& request) {
    const auto id = parsePathId(request);
    if (!id) return appointmentNotFound();
    const auto cancelled = services.cancelAppointment(base::AppointmentId{*id});
    if (!cancelled) return refused(cancelled.error());
    std::string message = "Appointment cancelled";
    if (cancelled->feeApplied)
        message += fmt::format(". A {} late cancellation fee applies.", base::formatMoney(cancelled->feeCents));
    return json(200, {{"message", message},
                      {"cancellation_fee_applied", cancelled->feeApplied},
                      {"messages_in_flight", cancelled->messagesInFlight}});
}

} // namespace

void addAppointments(Router& router, const Services& services) {
    router.add("POST", "/api/appointments", [services](const Request& request) { return book(services, request); });
    router.add("GET", "/api/appointments/:id",
               [services](const Request& request) { return showAppointment(services, request); });
    router.add("PATCH", "/api/appointments/:id",
               [services](const Request& request) { return change(services, request); });
    router.add("GET", "/api/appointments/:id/calendar.ics",
               [services](const Request& request) { return showCalendar(services, request); });
    router.add("DELETE", "/api/appointments/:id",
               [services](const Request& request) { return cancel(services, request); });
}

} // namespace rota::http
