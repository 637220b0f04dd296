#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"

#include <string>

namespace rota::domain {

using base::PatientId;

struct Patient {
    PatientId id;
    std::string name;
    std::string email;
    std::string phone; ///< XXX-XXX-XXXX
    base::Date dateOfBirth{};
};

/// What of a name decides whether two patients are the same person: without case, accents and spaces at the ends, runs
/// of spaces as one. Families share addresses and phones, twins even birthdays, so the name is part of the identity.
std::string nameKey(const std::string& name);

} // namespace rota::domain
