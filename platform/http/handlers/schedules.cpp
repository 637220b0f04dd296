#include "app/change_schedule.hpp"
#include "http/commands.hpp"
#include "http/handlers/handlers.hpp"
#include "http/json.hpp"
#include "http/schedule_commands.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rota::http {
namespace {

using app::Mode;

/// No time off ends before.
constexpr base::Date kEarliest{std::chrono::year{1} / 1 / 1};

Json weekJson(base::DoctorId doctor, const std::vector<domain::WorkingHours>& week) {
    auto list = Json::array();
    for (const auto& part : week)
        list.push_back({{"day_of_week", part.dayOfWeek},
                        {"start_time", base::formatTimeOfDay(part.hours.begin)},
                        {"end_time", base::formatTimeOfDay(part.hours.end)}});
    return {{"doctor_id", doctor.value}, {"schedule", list}};
}

Json timeOffJson(const domain::TimeOff& off) {
    return {{"id", off.id.value},
            {"start_date", base::formatDate(off.days.first)},
            {"end_date", base::formatDate(off.days.last)},
            {"reason", off.reason}};
}

Response timeOffNotFound() {
    return error(404, "Time off not found");
}

/// `answer` with the appointments that a change leaves outside.
Json withAffected(Json answer, const app::ChangeSchedule::Affected& affected, const base::Zone& zone) {
    auto& list = answer["affected_appointments"] = Json::array();
    for (const auto& visit : affected)
        list.push_back({{"id", visit.id.value},
                        {"patient", {{"id", visit.patient.value}, {"name", visit.patientName}}},
                        {"start_time", zone.iso(visit.start)},
                        {"duration", visit.duration.count()},
                        {"type", domain::toString(visit.type)}});
    return answer;
}

Response created(const Json& body, std::string location) {
    auto response = json(201, body);
    response.headers.push_back({"Location", std::move(location)});
    return response;
}

/// What a change asks for: the doctor of the path, whether it is a preview, and the body by `parse`; or the refusal.
template <class Parsed>
struct Change {
    base::DoctorId doctor;
    Mode mode = Mode::Change;
    Parsed wanted;
};

template <class Parse>
auto readChange(const Request& request, Parse parse)
    -> tl::expected<Change<typename std::invoke_result_t<Parse, const nlohmann::json&>::value_type>, Response> {
    const auto id = parsePathId(request);
    if (!id) return tl::unexpected(doctorNotFound());
    const auto preview = parseSwitch(request, "preview");
    if (!preview) return tl::unexpected(validationFailed(preview.error()));
    const auto body = parseJsonObject(request);
    if (!body) return tl::unexpected(body.error());
    auto wanted = parse(*body);
    if (!wanted) return tl::unexpected(validationFailed(wanted.error()));
    using Wanted = typename decltype(wanted)::value_type;
    return Change<Wanted>{{*id}, *preview ? Mode::Preview : Mode::Change, std::move(*wanted)};
}

Response showWeek(const Services& services, const Request& request) {
    const auto id = parsePathId(request);
    const auto week = id ? services.schedules.week({*id}) : std::nullopt;
    return week ? json(200, weekJson({*id}, *week)) : doctorNotFound();
}

Response putWeek(const Services& services, const Request& request) {
    const auto change = readChange(request, parseWeek);
    if (!change) return change.error();
    const auto affected = services.changeSchedule.setWeek(change->doctor, change->wanted, change->mode);
    if (!affected) return doctorNotFound();
    return json(200, withAffected(weekJson(change->doctor, change->wanted), *affected, services.clinic.zone));
}

Response listTimeOff(const Services& services, const Request& request) {
    const auto id = parsePathId(request);
    const auto today = services.clinic.zone.toLocal(services.clock.now()).date;
    const auto all = id ? services.schedules.timeOff({*id}, today) : std::nullopt;
    if (!all) return doctorNotFound();
    auto list = Json::array();
    for (const auto& off : *all)
        list.push_back(timeOffJson(off));
    return json(200, list);
}

/// Also one that has passed: its address was given to whoever made it.
Response showTimeOff(const Services& services, const Request& request) {
    const auto doctor = parsePathId(request);
    const auto all = doctor ? services.schedules.timeOff({*doctor}, kEarliest) : std::nullopt;
    if (!all) return doctorNotFound();
    const auto id = parsePathId(request, "time_off_id");
    const auto found = std::ranges::find_if(*all, [&](const auto& off) { return off.id.value == id; });
    return found == all->end() ? timeOffNotFound() : json(200, timeOffJson(*found));
}

Response addTimeOff(const Services& services, const Request& request) {
    const auto change = readChange(request, parseTimeOff);
    if (!change) return change.error();
    const auto& [days, reason] = change->wanted;
    const auto added = services.changeSchedule.addTimeOff(change->doctor, days, reason, change->mode);
    if (!added) return doctorNotFound();
    const auto& zone = services.clinic.zone;
    if (change->mode == Mode::Preview) return json(200, withAffected(Json::object(), added->affected, zone));
    return created(withAffected(timeOffJson(added->timeOff), added->affected, zone),
                   fmt::format("/api/doctors/{}/time-off/{}", change->doctor.value, added->timeOff.id.value));
}

Response removeTimeOff(const Services& services, const Request& request) {
    const auto doctor = parsePathId(request);
    if (!doctor) return doctorNotFound();
    const auto id = parsePathId(request, "time_off_id");
    const auto removed = services.changeSchedule.removeTimeOff({*doctor}, {id.value_or(0)});
    if (!removed) return doctorNotFound();
    return *removed ? json(200, {{"message", "Time off deleted"}}) : timeOffNotFound();
}

Response addDoctor(const Services& services, const Request& request) {
    const auto body = parseJsonObject(request);
    if (!body) return body.error();
    const auto details = parseNewDoctor(*body);
    if (!details) return validationFailed(details.error());
    const auto doctor = services.changeSchedule.addDoctor(*details);
    return created(doctorJson(doctor), fmt::format("/api/doctors/{}", doctor.id.value));
}

Response changeDoctor(const Services& services, const Request& request) {
    const auto change = readChange(request, parseDoctorChange);
    if (!change) return change.error();
    const auto changed = services.changeSchedule.setDetails(change->doctor, change->wanted, change->mode);
    if (!changed) return doctorNotFound();
    return json(200, withAffected(doctorJson(changed->doctor), changed->affected, services.clinic.zone));
}

} // namespace

void addSchedules(Router& router, const Services& services) {
    const auto add = [&](const char* method, const char* pattern, auto handler) {
        router.add(method, pattern, [services, handler](const Request& request) { return handler(services, request); });
    };
    add("POST", "/api/doctors", addDoctor);
    add("PATCH", "/api/doctors/:id", changeDoctor);
    add("GET", "/api/doctors/:id/schedule", showWeek);
    add("PUT", "/api/doctors/:id/schedule", putWeek);
    add("GET", "/api/doctors/:id/time-off", listTimeOff);
    add("POST", "/api/doctors/:id/time-off", addTimeOff);
    add("GET", "/api/doctors/:id/time-off/:time_off_id", showTimeOff);
    add("DELETE", "/api/doctors/:id/time-off/:time_off_id", removeTimeOff);
}

} // namespace rota::http
