#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"

#include <string>
#include <vector>

namespace rota::domain {

using base::Date;
using base::DoctorId;
using base::Instant;
using base::Minutes;

struct Doctor {
    DoctorId id;
    std::string name; ///< with the title: "Dr. Sarah Johnson"
    std::string specialty;
    std::string bio;
    std::string photoUrl;
    int yearsOfExperience = 0;
    bool active = true;
};

/// "Sarah Johnson": the name as messages use it, which write the title themselves.
std::string nameWithoutTitle(const std::string& name);

/// Working hours of one day, in wall-clock time of the clinic, [begin, end) in minutes since midnight.
struct HoursRange {
    Minutes begin{0};
    Minutes end{0};

    bool operator==(const HoursRange&) const = default;
};

} // namespace rota::domain
