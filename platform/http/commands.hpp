#pragma once

#include "app/ports/appointment_store.hpp"
#include "app/ports/patient_store.hpp"
#include "base/zone.hpp"
#include "domain/calendar.hpp"
#include "domain/patient.hpp"
#include "http/error_responses.hpp"
#include "http/json_body.hpp"
#include "http/query.hpp"
#include "http/request.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <string_view>

/// Requests become commands here, or the list of all that is wrong with them. Only for this folder's sources.
namespace rota::http {

inline constexpr std::string_view kDateMessage = "Must be a date as YYYY-MM-DD";
/// Of a member of a change that would otherwise be passed over in silence.
inline constexpr std::string_view kFixedMessage = "Cannot be changed";

/// {doctor_id, patient_id, start_time, duration, type}
tl::expected<app::NewAppointment, FieldErrors> parseBooking(const nlohmann::json& body, const base::Zone& zone);

/// {name, email, phone, date_of_birth}, found right by domain::parsePatient, perhaps {email_opt_in, sms_opt_in,
/// language}; `today` is the clinic's.
tl::expected<domain::PatientForm, FieldErrors> parsePatientForm(const nlohmann::json& body, base::Date today);

/// At least one of {email_opt_in, sms_opt_in, language}, and nothing else: who sends a name or an address is not to
/// believe that it was changed.
tl::expected<app::PatientStore::PreferencesChange, FieldErrors> parsePreferences(const nlohmann::json& body);

struct AvailabilityWanted {
    base::Date date{};
    std::optional<domain::DateRange> range; ///< instead of the date
    base::Minutes duration{30};
    domain::VisitType type = domain::VisitType::Standard;
};
/// ?date=&duration=&type= or ?from=&to=&duration=&type=: where only the type is given and it is "new-patient", the
/// duration is the 60 minutes that it needs.
tl::expected<AvailabilityWanted, FieldErrors> parseAvailability(const Request& request);

/// ?name=true|false; false where it is not given.
tl::expected<bool, FieldErrors> parseSwitch(const Request& request, std::string_view name);

/// ?name=1…most; none, and noted, where it is something else.
std::optional<std::int64_t> readNumber(const Query& query, std::string_view name, std::int64_t most,
                                       FieldErrors& errors);

/// Decimal digits without a sign or a needless 0.
std::optional<std::int64_t> parseWholeNumber(std::string_view text);

/// Member "start_time".
void readStart(MemberReader& members, const base::Zone& zone, base::Instant& start);

/// A path's ":id", or another one, where it can be one: decimal digits, from 1 to kLargestId.
std::optional<std::int64_t> parsePathId(const Request& request, std::string_view name = "id");

} // namespace rota::http
