#include "http/commands.hpp"
#include "http/handlers/handlers.hpp"
#include "http/json.hpp"

namespace rota::http {
namespace {

Json doctorJson(const domain::Doctor& doctor) {
    return {{"id", doctor.id.value}, {"name", doctor.name},          {"specialty", doctor.specialty},
            {"bio", doctor.bio},     {"photo_url", doctor.photoUrl}, {"years_of_experience", doctor.yearsOfExperience}};
}

Response listDoctors(const Services& services) {
    auto list = Json::array();
    for (const auto& doctor : services.doctors.list())
        list.push_back(doctorJson(doctor));
    return json(200, list);
}

Response showDoctor(const Services& services, const Request& request) {
    const auto id = parsePathId(request);
    if (!id) return doctorNotFound();
    const auto doctor = services.doctors.find(base::DoctorId{*id});
    return doctor ? json(200, doctorJson(*doctor)) : doctorNotFound();
}

Response showAvailability(const Services& services, const Request& request) {
    const auto id = parsePathId(request);
    if (!id) return doctorNotFound();
    const auto wanted = parseAvailability(request);
    if (!wanted) return validationFailed(wanted.error());
    // What is offered can be booked: a new patient's shorter visit could not.
    if (wanted->type == domain::VisitType::NewPatient && wanted->duration != domain::kLongestDuration)
        return refused(domain::NewPatientNeedsHour{}, services.clinic);
    const auto slots = services.findAvailability(base::DoctorId{*id}, wanted->date, wanted->duration, wanted->type);
    if (!slots) return doctorNotFound();
    return json(200, {{"date", base::formatDate(wanted->date)}, {"slots", slotsJson(*slots, services.clinic.zone)}});
}

} // namespace

void addDoctors(Router& router, const Services& services) {
    router.add("GET", "/api/doctors", [services](const Request&) { return listDoctors(services); });
    router.add("GET", "/api/doctors/:id", [services](const Request& request) { return showDoctor(services, request); });
    router.add("GET", "/api/doctors/:id/availability",
               [services](const Request& request) { return showAvailability(services, request); });
}

} // namespace rota::http
