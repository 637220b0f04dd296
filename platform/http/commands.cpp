#include "http/commands.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "domain/appointment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace rota::http {
namespace {

constexpr std::string_view kDurationMessage = "Must be one of 15, 30, 60";
constexpr std::string_view kTypeMessage = "Must be one of follow-up, standard, new-patient";

std::string_view message(base::TimestampError error) {
    switch (error) {
    case base::TimestampError::Nonexistent: return "Does not exist: the clocks go forward over this time";
    case base::TimestampError::NotWholeMinute: return "Must be a whole minute";
    case base::TimestampError::Malformed: break;
    }
    return "Must be an ISO 8601 time, such as 2026-03-10T09:00:00-04:00";
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

std::optional<base::Date> readDate(const Query& query, std::string_view name, FieldErrors& errors) {
    const auto before = errors.size();
    const auto text = query.value(name, errors);
    if (errors.size() > before) return std::nullopt;
    const auto date = base::parseVisitDate(text.value_or(""));
    if (!date) errors.push_back({std::string{name}, std::string{text ? kDateMessage : "Is required"}});
    return date;
}

domain::DateRange readRange(const Query& query, FieldErrors& errors) {
    const auto from = readDate(query, "from", errors);
    const auto to = readDate(query, "to", errors);
    if (!from || !to) return {};
    if (*to < *from)
        errors.push_back({"to", "Must not be before from"});
    else if (std::chrono::sys_days{*to} - std::chrono::sys_days{*from} >= base::limits::kAvailabilityDays)
        errors.push_back({"to", "Must be within " + std::to_string(base::limits::kAvailabilityDays.count()) + " days"});
    return {*from, *to};
}

/// Either a day or a range.
void readDays(const Query& query, AvailabilityWanted& wanted, FieldErrors& errors) {
    if (!query.has("from") && !query.has("to"))
        wanted.date = readDate(query, "date", errors).value_or(base::Date{});
    else if (query.has("date"))
        errors.push_back({"date", "Must not be given together with from and to"});
    else
        wanted.range = readRange(query, errors);
}

/// Members that are all optional.
app::PatientStore::PreferencesChange readPreferences(MemberReader& members) {
    app::PatientStore::PreferencesChange change;
    if (members.has("email_opt_in")) change.email = members.boolean("email_opt_in");
    if (members.has("sms_opt_in")) change.sms = members.boolean("sms_opt_in");
    if (!members.has("language")) return change;
    constexpr std::string_view kLanguageMessage = "Must be one of en, es";
    const auto text = members.text("language", kLanguageMessage);
    if (text) change.language = domain::parseLanguage(*text);
    if (text && !change.language) members.refuse("language", kLanguageMessage);
    return change;
}

} // namespace

std::optional<std::int64_t> parseWholeNumber(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool canonical = !text.empty() && base::isDigit(text.front()) && (text.front() != '0' || text.size() == 1);
    if (!canonical || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::int64_t> readNumber(const Query& query, std::string_view name, std::int64_t most,
                                       FieldErrors& errors) {
    const auto text = query.value(name, errors);
    if (!text) return std::nullopt;
    const auto value = parseWholeNumber(*text);
    if (value && *value >= 1 && *value <= most) return value;
    errors.push_back({std::string{name}, fmt::format("Must be a whole number from 1 to {}", most)});
    return std::nullopt;
}

void readStart(MemberReader& members, const base::Zone& zone, base::Instant& start) {
    const auto text = members.text("start_time", message(base::TimestampError::Malformed));
    if (!text) return;
    if (const auto instant = base::parseTimestamp(*text, zone))
        start = *instant;
    else
        members.refuse("start_time", message(instant.error()));
}

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

tl::expected<domain::PatientForm, FieldErrors> parsePatientForm(const nlohmann::json& body, base::Date today) {
    FieldErrors errors;
    MemberReader members{body, errors};
    const auto text = [&members](const char* name) { return members.text(name).value_or(""); };
    domain::PatientForm form{text("name"), text("email"), text("phone"), text("date_of_birth"), {}};
    const auto wish = readPreferences(members);
    form.preferences = {wish.email.value_or(true), wish.sms.value_or(true),
                        wish.language.value_or(domain::Language::English)};
    const auto named = [&errors](const std::string& field) {
        return std::any_of(errors.begin(), errors.end(), [&](const FieldError& error) { return error.field == field; });
    };
    // What is no string at all has been named; of the others the domain says what is wrong with them.
    if (const auto patient = domain::parsePatient(form, today); !patient)
        for (const auto& error : patient.error())
            if (!named(error.field)) errors.push_back(error);
    if (!errors.empty()) return tl::unexpected(errors);
    return form;
}

tl::expected<app::PatientStore::PreferencesChange, FieldErrors> parsePreferences(const nlohmann::json& body) {
    FieldErrors errors;
    MemberReader members{body, errors};
    members.refuseOthers({"email_opt_in", "sms_opt_in", "language"}, kFixedMessage);
    const auto change = readPreferences(members);
    if (body.empty()) errors.push_back({"body", "Must have email_opt_in, sms_opt_in or language"});
    if (!errors.empty()) return tl::unexpected(errors);
    return change;
}

tl::expected<AvailabilityWanted, FieldErrors> parseAvailability(const Request& request) {
    FieldErrors errors;
    const Query query{request.query};
    AvailabilityWanted wanted;
    readDays(query, wanted, errors);

    const auto type = query.value("type", errors);
    const auto parsedType = domain::parseVisitType(type.value_or("standard"));
    if (parsedType)
        wanted.type = *parsedType;
    else
        errors.push_back({"type", std::string{kTypeMessage}});

    const auto duration = query.value("duration", errors);
    const auto usual = wanted.type == domain::VisitType::NewPatient ? 60 : 30;
    const auto minutes = bookable(duration ? parseWholeNumber(*duration) : usual);
    if (minutes)
        wanted.duration = *minutes;
    else
        errors.push_back({"duration", std::string{kDurationMessage}});
    if (!errors.empty()) return tl::unexpected(errors);
    return wanted;
}

tl::expected<bool, FieldErrors> parseSwitch(const Request& request, std::string_view name) {
    FieldErrors errors;
    const auto text = Query{request.query}.value(name, errors);
    if (text && *text != "true" && *text != "false") errors.push_back({std::string{name}, "Must be true or false"});
    if (!errors.empty()) return tl::unexpected(errors);
    return text == "true";
}

std::optional<std::int64_t> parsePathId(const Request& request, std::string_view name) {
    const auto id = parseWholeNumber(request.pathParameter(name));
    return id && *id >= 1 && *id <= kLargestId ? id : std::nullopt;
}

} // namespace rota::http
