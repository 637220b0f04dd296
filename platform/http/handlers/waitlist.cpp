#include "domain/waitlist.hpp"

#include "http/commands.hpp"
#include "http/handlers/handlers.hpp"
#include "http/json.hpp"
#include "http/portal_commands.hpp"

#include <fmt/format.h>

namespace rota::http {
namespace {

domain::WaitlistHorizon horizon(const Services& services) {
    return domain::waitlistHorizon(services.clinic.waitlist, services.clinic.zone, services.clock.now());
}

Json doctorJson(const app::WaitlistDetails& details) {
    return {{"id", details.entry.doctor.value}, {"name", details.doctorName}, {"specialty", details.specialty}};
}

Json patientJson(const app::WaitlistDetails& details) {
    return {{"id", details.entry.patient.value}, {"name", details.patientName}};
}

/// What both lists show of an entry: `who` is the other side of it.
Json entryJson(const domain::WaitlistEntry& entry, const char* who, Json whom, const base::Zone& zone) {
    return {{"id", entry.id.value},
            {who, std::move(whom)},
            {"desired_date", base::formatDate(entry.desiredDate)},
            {"preferred_time_range", domain::toString(entry.prefers)},
            {"created_at", zone.iso(entry.createdAt)}};
}

Response join(const Services& services, const Request& request) {
    const auto body = parseJsonObject(request);
    if (!body) return body.error();
    const auto wanted = parseWaitlistEntry(*body);
    if (!wanted) return validationFailed(wanted.error());
    const auto id = services.joinWaitlist(*wanted);
    if (!id) return joiningRefused(id.error());
    auto response = json(201, {{"id", id->value}, {"status", "waiting"}});
    response.headers.push_back({"Location", fmt::format("/api/waitlist/entries/{}", id->value)});
    return response;
}

Response listOfDoctor(const Services& services, const Request& request) {
    const auto id = parsePathId(request, "doctor_id");
    if (!id || !services.doctors.find(base::DoctorId{*id})) return doctorNotFound();
    auto list = Json::array();
    for (const auto& details : services.waitlist.ofDoctor(base::DoctorId{*id}, horizon(services))) {
        const auto& entry = details.entry;
        auto shown = entryJson(entry, "patient", patientJson(details), services.clinic.zone);
        shown["priority"] = entry.priority;
        list.push_back(std::move(shown));
    }
    return json(200, list);
}

Response listOfPatient(const Services& services, const Request& request) {
    const auto id = parsePathId(request);
    if (!id || !services.patients.find(base::PatientId{*id})) return patientNotFound();
    auto list = Json::array();
    for (const auto& details : services.waitlist.ofPatient(base::PatientId{*id}, horizon(services)))
        list.push_back(entryJson(details.entry, "doctor", doctorJson(details), services.clinic.zone));
    return json(200, list);
}

Response waitlistEntryNotFound() {
    return error(404, "Waitlist entry not found");
}

Response showEntry(const Services& services, const Request& request) {
    const auto id = parsePathId(request);
    const auto details = id ? services.waitlist.find(base::WaitlistId{*id}, horizon(services)) : std::nullopt;
    if (!details) return waitlistEntryNotFound();
    auto shown = entryJson(details->entry, "doctor", doctorJson(*details), services.clinic.zone);
    shown["patient"] = patientJson(*details);
    shown["status"] = details->status;
    return json(200, shown);
}

Response leave(const Services& services, const Request& request) {
    using Removed = app::WaitlistStore::Removed;
    const auto id = parsePathId(request);
    switch (id ? services.waitlist.remove(base::WaitlistId{*id}) : Removed::Unknown) {
    case Removed::Yes: return json(200, {{"message", "Removed from the waitlist"}});
    case Removed::NotWaiting: return error(409, "Waitlist entry is no longer waiting");
    case Removed::Unknown: break;
    }
    return waitlistEntryNotFound();
}

} // namespace

void addWaitlist(Router& router, const Services& services) {
    router.add("POST", "/api/waitlist", [services](const Request& request) { return join(services, request); });
    router.add("GET", "/api/waitlist/:doctor_id",
               [services](const Request& request) { return listOfDoctor(services, request); });
    router.add("GET", "/api/waitlist/entries/:id",
               [services](const Request& request) { return showEntry(services, request); });
    router.add("DELETE", "/api/waitlist/entries/:id",
               [services](const Request& request) { return leave(services, request); });
    router.add("GET", "/api/patients/:id/waitlist",
               [services](const Request& request) { return listOfPatient(services, request); });
}

} // namespace rota::http
