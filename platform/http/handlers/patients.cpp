#include "app/register_patient.hpp"
#include "http/appointment_json.hpp"
#include "http/commands.hpp"
#include "http/handlers/handlers.hpp"
#include "http/json.hpp"
#include "http/portal_commands.hpp"

#include <fmt/format.h>

#include <memory>

namespace rota::http {
namespace {

Json patientJson(const domain::Patient& patient) {
    return {{"id", patient.id.value},
            {"name", patient.name},
            {"email", patient.email},
            {"phone", patient.phone},
            {"date_of_birth", base::formatDate(patient.dateOfBirth)},
            {"email_opt_in", patient.preferences.email},
            {"sms_opt_in", patient.preferences.sms},
            {"language", domain::toString(patient.preferences.language)}};
}

/// What the booking form calls first: who is known already is found again by email, date of birth and name.
Response registerPatient(app::RegisterPatient& registerPatient, const Services& services, const Request& request) {
    const auto body = parseJsonObject(request);
    if (!body) return body.error();
    const auto form = parsePatientForm(*body, services.clinic.zone.toLocal(services.clock.now()).date);
    if (!form) return validationFailed(form.error());
    const auto registered = registerPatient(*form);
    if (!registered) return validationFailed(registered.error());
    auto response = json(registered->created ? 201 : 200, patientJson(registered->patient));
    if (registered->created)
        response.headers.push_back({"Location", fmt::format("/api/patients/{}", registered->patient.id.value)});
    return response;
}

Response showPatient(const Services& services, const Request& request) {
    const auto id = parsePathId(request);
    const auto patient = id ? services.patients.find(base::PatientId{*id}) : std::nullopt;
    return patient ? json(200, patientJson(*patient)) : patientNotFound();
}

/// How the patient wants to be told of appointments, and nothing else.
Response changePatient(const Services& services, const Request& request) {
    const auto body = parseJsonObject(request);
    if (!body) return body.error();
    const auto id = parsePathId(request);
    const auto change = parsePreferences(*body);
    if (!change) return validationFailed(change.error());
    const auto patient = id ? services.patients.change(base::PatientId{*id}, *change) : std::nullopt;
    return patient ? json(200, patientJson(*patient)) : patientNotFound();
}

Response listAppointments(const Services& services, const Request& request) {
    const auto id = parsePathId(request);
    if (!id) return patientNotFound();
    const auto wanted = parseAppointmentPage(request, base::PatientId{*id});
    if (!wanted) return validationFailed(wanted.error());
    const auto now = services.clock.now();
    const auto page = services.appointments.list(*wanted, now);
    if (!page) return patientNotFound();
    auto list = Json::array();
    for (const auto& details : page->appointments)
        list.push_back(appointmentJson(details, services.clinic.zone, now));
    return json(200,
                {{"appointments", list}, {"total", page->total}, {"page", wanted->page}, {"limit", wanted->limit}});
}

} // namespace

void addPatients(Router& router, const Services& services) {
    const auto useCase = std::make_shared<app::RegisterPatient>(services.patients, services.clock, services.clinic);
    router.add("POST", "/api/patients",
               [useCase, services](const Request& request) { return registerPatient(*useCase, services, request); });
    router.add("GET", "/api/patients/:id",
               [services](const Request& request) { return showPatient(services, request); });
    router.add("PATCH", "/api/patients/:id",
               [services](const Request& request) { return changePatient(services, request); });
    router.add("GET", "/api/patients/:id/appointments",
               [services](const Request& request) { return listAppointments(services, request); });
}

} // namespace rota::http
