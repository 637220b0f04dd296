#include "http/portal_commands.hpp"

#include "base/limits.hpp"
#include "http/commands.hpp"

#include <fmt/format.h>

namespace rota::http {
namespace {

constexpr std::string_view kCategoryMessage = "Must be one of upcoming, past, cancelled";
constexpr std::string_view kStatusMessage = "Must be one of completed, no-show";
constexpr std::string_view kRangeMessage = "Must be one of morning, afternoon, any";

/// Beyond this many pages nobody has appointments.
constexpr std::int64_t kMostPages = 1'000'000;
constexpr std::int64_t kHighestPriority = 100;

void readPriority(MemberReader& members, int& priority) {
    const auto message = fmt::format("Must be a whole number from 0 to {}", kHighestPriority);
    const auto value = members.integer("priority", message);
    if (!value) return;
    if (*value >= 0 && *value <= kHighestPriority)
        priority = static_cast<int>(*value);
    else
        members.refuse("priority", message);
}

/// A member whose text `parse` understands.
template <class Parse, class Value>
void readWord(MemberReader& members, const std::string& name, std::string_view message, Parse parse, Value& value) {
    const auto text = members.text(name, message);
    if (!text) return;
    if (const auto parsed = parse(*text))
        value = *parsed;
    else
        members.refuse(name, message);
}

std::optional<domain::AppointmentStatus> parseConclusion(std::string_view text) {
    const auto status = domain::parseAppointmentStatus(text);
    const bool concludes =
        status == domain::AppointmentStatus::Completed || status == domain::AppointmentStatus::NoShow;
    return concludes ? status : std::nullopt;
}

} // namespace

tl::expected<app::AppointmentPageWanted, FieldErrors> parseAppointmentPage(const Request& request,
                                                                           base::PatientId patient) {
    FieldErrors errors;
    const Query query{request.query};
    app::AppointmentPageWanted wanted;
    wanted.patient = patient;
    const auto page = readNumber(query, "page", kMostPages, errors);
    if (page) wanted.page = static_cast<int>(*page);
    const auto limit = readNumber(query, "limit", std::int64_t{base::limits::kPageSize}, errors);
    if (limit) wanted.limit = static_cast<int>(*limit);
    if (const auto text = query.value("category", errors)) {
        wanted.category = domain::parseAppointmentCategory(*text);
        if (!wanted.category) errors.push_back({"category", std::string{kCategoryMessage}});
    }
    if (!errors.empty()) return tl::unexpected(errors);
    return wanted;
}

tl::expected<AppointmentChange, FieldErrors> parseAppointmentChange(const nlohmann::json& body,
                                                                    const base::Zone& zone) {
    FieldErrors errors;
    MemberReader members{body, errors};
    members.refuseOthers({"start_time", "status"}, kFixedMessage);
    if (members.has("start_time") == members.has("status"))
        errors.push_back({"body", "Must have either start_time or status"});
    if (!errors.empty()) return tl::unexpected(errors);

    AppointmentChange change;
    if (members.has("start_time"))
        readStart(members, zone, change.emplace<base::Instant>());
    else
        readWord(members, "status", kStatusMessage, parseConclusion, change.emplace<domain::AppointmentStatus>());
    if (!errors.empty()) return tl::unexpected(errors);
    return change;
}

tl::expected<domain::WaitlistEntry, FieldErrors> parseWaitlistEntry(const nlohmann::json& body) {
    FieldErrors errors;
    MemberReader members{body, errors};
    domain::WaitlistEntry entry;
    entry.doctor.value = members.id("doctor_id").value_or(0);
    entry.patient.value = members.id("patient_id").value_or(0);
    readWord(
        members, "desired_date", kDateMessage, [](const std::string& text) { return base::parseVisitDate(text); },
        entry.desiredDate);
    readWord(members, "preferred_time_range", kRangeMessage, domain::parsePreferredRange, entry.prefers);
    if (members.has("priority")) readPriority(members, entry.priority);
    if (!errors.empty()) return tl::unexpected(errors);
    return entry;
}

} // namespace rota::http
