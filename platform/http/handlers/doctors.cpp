#include "http/commands.hpp"
#include "http/conditional.hpp"
#include "http/handlers/handlers.hpp"
#include "http/json.hpp"

namespace rota::http {
namespace {

Response listDoctors(const Services& services, const Request& request) {
    const auto withNext = parseSwitch(request, "next_available");
    if (!withNext) return validationFailed(withNext.error());
    const auto doctors = services.doctors.list();
    std::vector<base::DoctorId> ids;
    for (const auto& doctor : doctors)
        ids.push_back(doctor.id);
    const auto next = *withNext ? services.findNextAvailable(ids) : std::map<base::DoctorId, base::Instant>{};

    auto list = Json::array();
    for (const auto& doctor : doctors) {
        auto& item = list.emplace_back(doctorJson(doctor));
        if (!*withNext) continue;
        const auto start = next.find(doctor.id);
        item["next_available"] = start == next.end() ? Json() : Json(services.clinic.zone.iso(start->second));
    }
    return json(200, list);
}

Response showDoctor(const Services& services, const Request& request) {
    const auto id = parsePathId(request);
    if (!id) return doctorNotFound();
    const auto doctor = services.doctors.find(base::DoctorId{*id});
    return doctor ? json(200, doctorJson(*doctor)) : doctorNotFound();
}

Response showFreeDays(const Services& services, base::DoctorId doctor, const AvailabilityWanted& wanted) {
    const auto free = services.findFreeDays(doctor, *wanted.range, {wanted.duration, wanted.type});
    if (!free) return doctorNotFound();
    auto days = Json::array();
    for (const auto& day : *free)
        days.push_back({{"date", base::formatDate(day.date)}, {"free", day.free}});
    return json(200, {{"from", base::formatDate(wanted.range->first)},
                      {"to", base::formatDate(wanted.range->last)},
                      {"days", days}});
}

Response showAvailability(const Services& services, const Request& request) {
    const auto id = parsePathId(request);
    if (!id) return doctorNotFound();
    const auto wanted = parseAvailability(request);
    if (!wanted) return validationFailed(wanted.error());
    // What is offered can be booked: a new patient's shorter visit could not.
    if (wanted->type == domain::VisitType::NewPatient && wanted->duration != domain::kLongestDuration)
        return refused(domain::NewPatientNeedsHour{}, services.clinic);
    if (wanted->range) return showFreeDays(services, base::DoctorId{*id}, *wanted);
    const auto slots = services.findAvailability(base::DoctorId{*id}, wanted->date, wanted->duration, wanted->type);
    if (!slots) return doctorNotFound();
    return json(200, {{"date", base::formatDate(wanted->date)}, {"slots", slotsJson(*slots, services.clinic.zone)}});
}

} // namespace

void addDoctors(Router& router, const Services& services) {
    const auto add = [&](const char* pattern, auto handler) {
        router.add("GET", pattern,
                   conditional([services, handler](const Request& request) { return handler(services, request); }));
    };
    add("/api/doctors", listDoctors);
    add("/api/doctors/:id", showDoctor);
    add("/api/doctors/:id/availability", showAvailability);
}

} // namespace rota::http
