#pragma once

#include "domain/doctor_details.hpp"
#include "domain/schedule.hpp"
#include "http/error_responses.hpp"

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include <string>
#include <vector>

/// Bodies about doctors and their hours become commands here. Only for this folder's sources.
namespace rota::http {

/// {schedule: [{day_of_week, start_time, end_time}…]}, by day, then by begin.
tl::expected<std::vector<domain::WorkingHours>, FieldErrors> parseWeek(const nlohmann::json& body);

struct NewTimeOff {
    domain::DateRange days;
    std::string reason;
};
/// {start_date, end_date, reason?}
tl::expected<NewTimeOff, FieldErrors> parseTimeOff(const nlohmann::json& body);

/// {name, specialty, bio?, photo_url?, years_of_experience?}
tl::expected<domain::DoctorDetails, FieldErrors> parseNewDoctor(const nlohmann::json& body);

/// The same and `active`, of which one at least.
tl::expected<domain::DoctorDetails, FieldErrors> parseDoctorChange(const nlohmann::json& body);

} // namespace rota::http
