#include "http/schedule_commands.hpp"

#include "base/limits.hpp"
#include "base/utf8.hpp"
#include "base/zone.hpp"
#include "http/commands.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rota::http {
namespace {

constexpr std::string_view kTimeMessage = "Must be a time as HH:MM";
constexpr std::string_view kDayMessage = "Must be from 0 (Sunday) to 6 (Saturday)";
constexpr std::size_t kReasonLength = 255;

base::Minutes readTime(MemberReader& members, const std::string& name) {
    const auto text = members.text(name, kTimeMessage);
    if (!text) return {};
    const auto time = base::parseTimeOfDay(*text);
    if (!time) members.refuse(name, kTimeMessage);
    return time.value_or(base::Minutes{});
}

std::optional<base::Date> readDate(MemberReader& members, const std::string& name) {
    const auto text = members.text(name, kDateMessage);
    if (!text) return std::nullopt;
    const auto date = base::parseVisitDate(*text);
    if (!date) members.refuse(name, kDateMessage);
    return date;
}

domain::WorkingHours readWorkingHours(const nlohmann::json& item, const std::string& place, FieldErrors& errors) {
    if (!item.is_object()) {
        errors.push_back({place, "Must be an object"});
        return {};
    }
    MemberReader members{item, errors, place + "."};
    domain::WorkingHours part;
    const auto day = members.integer("day_of_week", kDayMessage);
    if (day && (*day < 0 || *day > 6)) members.refuse("day_of_week", kDayMessage);
    part.dayOfWeek = static_cast<unsigned>(day.value_or(0));
    part.hours.begin = readTime(members, "start_time");
    part.hours.end = readTime(members, "end_time");
    return part;
}

std::string readReason(MemberReader& members) {
    if (!members.has("reason")) return "";
    const auto reason = members.text("reason").value_or("");
    const auto characters = base::fromUtf8(reason).value_or(U"");
    if (characters.size() > kReasonLength)
        members.refuse("reason", fmt::format("Must be at most {} characters", kReasonLength));
    else if (std::any_of(characters.begin(), characters.end(), base::isControl))
        members.refuse("reason", "Must not contain control characters");
    return reason;
}

void readOptionalDetails(MemberReader& members, domain::DoctorDetails& details) {
    if (members.has("bio")) details.bio = members.text("bio");
    if (members.has("photo_url")) details.photoUrl = members.text("photo_url");
    if (members.has("years_of_experience"))
        details.yearsOfExperience = members.integer("years_of_experience", "Must be a whole number");
}

/// What the types allow is left for the domain to find wrong.
tl::expected<domain::DoctorDetails, FieldErrors> checked(domain::DoctorDetails details, FieldErrors errors) {
    const auto wrong = domain::checkDetails(details);
    errors.insert(errors.end(), wrong.begin(), wrong.end());
    if (!errors.empty()) return tl::unexpected(std::move(errors));
    return details;
}

} // namespace

tl::expected<std::vector<domain::WorkingHours>, FieldErrors> parseWeek(const nlohmann::json& body) {
    FieldErrors errors;
    MemberReader members{body, errors};
    std::vector<domain::WorkingHours> week;
    const auto* items = members.list("schedule", base::limits::kScheduleRanges);
    for (std::size_t i = 0; items && i < items->size(); ++i)
        week.push_back(readWorkingHours((*items)[i], fmt::format("schedule[{}]", i), errors));
    // Whether ranges fit together can be said of right ones only.
    if (errors.empty()) errors = domain::checkWeek(week);
    if (!errors.empty()) return tl::unexpected(std::move(errors));
    std::sort(week.begin(), week.end(), [](const auto& a, const auto& b) {
        return std::pair{a.dayOfWeek, a.hours.begin} < std::pair{b.dayOfWeek, b.hours.begin};
    });
    return week;
}

tl::expected<NewTimeOff, FieldErrors> parseTimeOff(const nlohmann::json& body) {
    FieldErrors errors;
    MemberReader members{body, errors};
    const auto first = readDate(members, "start_date");
    const auto last = readDate(members, "end_date");
    if (first && last && *last < *first) members.refuse("end_date", "Must not be before start_date");
    auto reason = readReason(members);
    if (!errors.empty()) return tl::unexpected(std::move(errors));
    return NewTimeOff{{*first, *last}, std::move(reason)};
}

tl::expected<domain::DoctorDetails, FieldErrors> parseNewDoctor(const nlohmann::json& body) {
    FieldErrors errors;
    MemberReader members{body, errors};
    domain::DoctorDetails details;
    details.name = members.text("name");
    details.specialty = members.text("specialty");
    readOptionalDetails(members, details);
    return checked(std::move(details), std::move(errors));
}

tl::expected<domain::DoctorDetails, FieldErrors> parseDoctorChange(const nlohmann::json& body) {
    FieldErrors errors;
    MemberReader members{body, errors};
    domain::DoctorDetails details;
    if (members.has("name")) details.name = members.text("name");
    if (members.has("specialty")) details.specialty = members.text("specialty");
    readOptionalDetails(members, details);
    if (members.has("active")) details.active = members.boolean("active");
    members.refuseOthers({"name", "specialty", "bio", "photo_url", "years_of_experience", "active"}, kFixedMessage);
    if (body.empty()) errors.push_back({"body", "Must name something to change"});
    return checked(std::move(details), std::move(errors));
}

} // namespace rota::http
