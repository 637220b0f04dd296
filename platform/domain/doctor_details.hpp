#pragma once

#include "domain/doctor.hpp"
#include "domain/patient.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rota::domain {

/// What of a doctor is to be set; the rest stays as it is.
struct DoctorDetails {
    std::optional<std::string> name;
    std::optional<std::string> specialty;
    std::optional<std::string> bio;
    std::optional<std::string> photoUrl;
    std::optional<std::int64_t> yearsOfExperience;
    std::optional<bool> active;
};

/// Every detail that is wrong, by the API's names.
std::vector<FieldError> checkDetails(const DoctorDetails& details);

/// `details` must have been found right.
Doctor withDetails(Doctor doctor, const DoctorDetails& details);

} // namespace rota::domain
