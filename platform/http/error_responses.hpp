#pragma once

#include "app/cancel_appointment.hpp"
#include "app/clinic.hpp"
#include "app/complete_appointment.hpp"
#include "app/join_waitlist.hpp"
#include "app/reschedule_appointment.hpp"
#include "domain/booking_rules.hpp"
#include "domain/patient.hpp"
#include "http/response.hpp"

#include <string>
#include <string_view>
#include <vector>

/// The one map from what can go wrong to what a client is told.
namespace rota::http {

/// One thing wrong with a request, by the name of the body's member or the query's parameter.
using domain::FieldError;
using FieldErrors = std::vector<FieldError>;

/// {"error": message}
Response error(int status, std::string_view message);

/// 400 with every wrong field.
Response validationFailed(const FieldErrors& errors);

Response doctorNotFound();
Response patientNotFound();
Response appointmentNotFound();

/// Times in them carry the clinic's offset, limits are the clinic's.
Response refused(const domain::BookingRefused& reason, const app::Clinic& clinic);
Response refused(const app::CancelRefused& reason);

Response reschedulingRefused(const app::RescheduleRefused& reason, const app::Clinic& clinic);
Response completionRefused(const app::CompleteRefused& reason);
Response joiningRefused(const app::JoinRefused& reason);

/// Inside a catch block: logs what happened (never a statement's text or values) and answers 500, saying nothing.
Response fromCurrentException();

} // namespace rota::http
