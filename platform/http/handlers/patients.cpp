#include "http/commands.hpp"
#include "http/handlers/handlers.hpp"
#include "http/json.hpp"

namespace rota::http {
namespace {

Json patientJson(const domain::Patient& patient) {
    return {{"id", patient.id.value},
            {"name", patient.name},
            {"email", patient.email},
            {"phone", patient.phone},
            {"date_of_birth", base::formatDate(patient.dateOfBirth)}};
}

/// What the booking form calls first: who is known already is found again by email, date of birth and name.
Response registerPatient(const Services& services, const Request& request) {
    const auto body = parseJsonObject(request);
    if (!body) return body.error();
    const auto now = services.clock.now();
    const auto patient = parsePatient(*body, services.clinic.zone.toLocal(now).date);
    if (!patient) return validationFailed(patient.error());
    const auto registered = services.patients.findOrCreate(*patient, now);
    return json(registered.created ? 201 : 200, patientJson(registered.patient));
}

} // namespace

void addPatients(Router& router, const Services& services) {
    router.add("POST", "/api/patients",
               [services](const Request& request) { return registerPatient(services, request); });
}

} // namespace rota::http
