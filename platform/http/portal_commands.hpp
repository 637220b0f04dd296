#pragma once

#include "app/ports/appointment_store.hpp"
#include "base/zone.hpp"
#include "domain/waitlist.hpp"
#include "http/error_responses.hpp"
#include "http/request.hpp"

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include <variant>

/// What patients and the clinic ask for after a booking, as commands. Only for this folder's sources.
namespace rota::http {

/// ?page=&limit=&category= of a patient's appointments.
tl::expected<app::AppointmentPageWanted, FieldErrors> parseAppointmentPage(const Request& request,
                                                                           base::PatientId patient);

/// Another start, or Completed or NoShow.
using AppointmentChange = std::variant<base::Instant, domain::AppointmentStatus>;

/// {start_time} or {status}, exactly one of them.
tl::expected<AppointmentChange, FieldErrors> parseAppointmentChange(const nlohmann::json& body, const base::Zone& zone);

/// {doctor_id, patient_id, desired_date, preferred_time_range}, perhaps {priority}.
tl::expected<domain::WaitlistEntry, FieldErrors> parseWaitlistEntry(const nlohmann::json& body);

} // namespace rota::http
