#include "http/commands.hpp"

#include "base/limits.hpp"
#include "domain/appointment.hpp"
#include "http/query.hpp"

#include <algorithm>
#include <charconv>

namespace rota::http {
namespace {

namespace limits = base::limits;

constexpr std::string_view kDurationMessage = "Must be one of 15, 30, 60";
constexpr std::string_view kTypeMessage = "Must be one of follow-up, standard, new-patient";
constexpr std::string_view kDateMessage = "Must be a date as YYYY-MM-DD";

/// Nobody alive was born before.
constexpr base::Date kEarliestBirth{std::chrono::year{1900}, std::chrono::January, std::chrono::day{1}};

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

std::size_t codePoints(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// A local part, one '@', and a domain of two or more labels: only what certainly cannot be delivered is refused.
bool isEmail(std::string_view text) {
    const auto at = text.find('@');
    if (at == 0 || at == std::string_view::npos || text.size() > limits::kEmailLength) return false;
    const auto domain = text.substr(at + 1);
    const auto ascii = [](char c) {
        return c > ' ' && c < 0x7f && std::string_view{"\"(),:;<>[\\]"}.find(c) == std::string_view::npos;
    };
    return std::all_of(text.begin(), text.end(), ascii) && domain.find('@') == std::string_view::npos &&
           domain.find('.') != std::string_view::npos && domain.front() != '.' && domain.back() != '.' &&
           domain.find("..") == std::string_view::npos;
}

/// XXX-XXX-XXXX
bool isPhone(std::string_view text) {
    if (text.size() != 12) return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if ((i == 3 || i == 7) ? text[i] != '-' : !isDigit(text[i])) return false;
    return true;
}

std::string_view message(base::TimestampError error) {
    switch (error) {
    case base::TimestampError::Nonexistent: return "Does not exist: the clocks go forward over this time";
    case base::TimestampError::NotWholeMinute: return "Must be a whole minute";
    case base::TimestampError::Malformed: break;
    }
    return "Must be an ISO 8601 time, such as 2026-03-10T09:00:00-04:00";
}

std::optional<std::int64_t> parseInteger(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool canonical = !text.empty() && isDigit(text.front()) && (text.front() != '0' || text.size() == 1);
    if (!canonical || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<base::Minutes> bookable(std::optional<std::int64_t> minutes) {
    // Compared before it becomes a duration, which a large number would overflow.
    if (!minutes || *minutes < 0 || *minutes > domain::kLongestDuration.count()) return std::nullopt;
    const base::Minutes duration{*minutes};
    return domain::isBookableDuration(duration) ? std::optional{duration} : std::nullopt;
}

void readDuration(MemberReader& members, base::Minutes& duration) {
    const auto value = members.integer("duration", kDurationMessage);
    if (!value) return;
    if (const auto minutes = bookable(value))
        duration = *minutes;
    else
        members.refuse("duration", kDurationMessage);
}

void readType(MemberReader& members, domain::VisitType& type) {
    const auto text = members.text("type", kTypeMessage);
    if (!text) return;
    if (const auto known = domain::parseVisitType(*text))
        type = *known;
    else
        members.refuse("type", kTypeMessage);
}

void readStart(MemberReader& members, const base::Zone& zone, base::Instant& start) {
    const auto text = members.text("start_time", message(base::TimestampError::Malformed));
    if (!text) return;
    if (const auto instant = base::parseTimestamp(*text, zone))
        start = *instant;
    else
        members.refuse("start_time", message(instant.error()));
}

void readBirth(MemberReader& members, base::Date today, base::Date& birth) {
    const auto text = members.text("date_of_birth", kDateMessage);
    if (!text) return;
    const auto date = base::parseDate(*text);
    if (!date)
        members.refuse("date_of_birth", kDateMessage);
    else if (*date >= today)
        members.refuse("date_of_birth", "Must be in the past");
    else if (*date < kEarliestBirth)
        members.refuse("date_of_birth", "Must not be before 1900");
    else
        birth = *date;
}

void readName(MemberReader& members, std::string& name) {
    const auto text = members.text("name", "Must be a string without control characters");
    if (!text) return;
    name = *text;
    if (codePoints(name) > limits::kNameLength) members.refuse("name", "Must not be longer than 100 characters");
}

} // namespace

tl::expected<app::NewAppointment, FieldErrors> parseBooking(const nlohmann::json& body, const base::Zone& zone) {
    FieldErrors errors;
    MemberReader members{body, errors};
    app::NewAppointment wanted;
    wanted.doctor.value = members.id("doctor_id").value_or(0);
    wanted.patient.value = members.id("patient_id").value_or(0);
    readStart(members, zone, wanted.start);
    readDuration(members, wanted.duration);
    readType(members, wanted.type);
    if (!errors.empty()) return tl::unexpected(errors);
    return wanted;
}

tl::expected<domain::Patient, FieldErrors> parsePatient(const nlohmann::json& body, base::Date today) {
    FieldErrors errors;
    MemberReader members{body, errors};
    domain::Patient patient;
    readName(members, patient.name);
    patient.email = members.text("email", "Invalid email format").value_or("");
    if (!patient.email.empty() && !isEmail(patient.email)) members.refuse("email", "Invalid email format");
    constexpr std::string_view kPhoneMessage = "Invalid phone format, must be XXX-XXX-XXXX";
    patient.phone = members.text("phone", kPhoneMessage).value_or("");
    if (!patient.phone.empty() && !isPhone(patient.phone)) members.refuse("phone", kPhoneMessage);
    readBirth(members, today, patient.dateOfBirth);
    if (!errors.empty()) return tl::unexpected(errors);
    return patient;
}

tl::expected<AvailabilityWanted, FieldErrors> parseAvailability(const Request& request) {
    FieldErrors errors;
    const Query query{request.query};
    AvailabilityWanted wanted;
    const auto date = query.value("date", errors);
    const auto parsedDate = base::parseDate(date.value_or(""));
    if (parsedDate)
        wanted.date = *parsedDate;
    else if (errors.empty())
        errors.push_back({"date", std::string{date ? kDateMessage : "Is required"}});

    const auto type = query.value("type", errors);
    const auto parsedType = domain::parseVisitType(type.value_or("standard"));
    if (parsedType)
        wanted.type = *parsedType;
    else
        errors.push_back({"type", std::string{kTypeMessage}});

    const auto duration = query.value("duration", errors);
    const auto usual = wanted.type == domain::VisitType::NewPatient ? 60 : 30;
    const auto minutes = bookable(duration ? parseInteger(*duration) : usual);
    if (minutes)
        wanted.duration = *minutes;
    else
        errors.push_back({"duration", std::string{kDurationMessage}});
    if (!errors.empty()) return tl::unexpected(errors);
    return wanted;
}

std::optional<std::int64_t> parsePathId(const Request& request) {
    const auto id = parseInteger(request.pathParameter("id"));
    return id && *id >= 1 && *id <= kLargestId ? id : std::nullopt;
}

} // namespace rota::http
