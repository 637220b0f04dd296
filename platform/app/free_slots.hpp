#pragma once

#include "app/clinic.hpp"
#include "app/ports/availability_policy.hpp"
#include "domain/availability.hpp"

#include <vector>

namespace rota::app {

/// What times are offered to whom.
struct SlotsWanted {
    base::Minutes duration{30};
    domain::VisitType type = domain::VisitType::Standard;
};

/// The times of a day, by start, that the doctor's policy offers and that could be booked now. The one way in which
/// free times come about, whoever asks for them. Throws PolicyError.
std::vector<base::Interval> freeSlots(const AvailabilityPolicy& policy, const Clinic& clinic, base::Instant now,
                                      base::DoctorId doctor, const domain::DoctorDay& day, SlotsWanted wanted);

} // namespace rota::app
