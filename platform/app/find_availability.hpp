#pragma once

#include "app/clinic.hpp"
#include "app/ports/availability_policy.hpp"
#include "app/ports/doctor_store.hpp"
#include "base/clock.hpp"

#include <optional>
#include <vector>

namespace rota::app {

/// The times that a patient could book now. Throws StorageError, PolicyError. [thread-safe]
class FindAvailability {
public:
    FindAvailability(DoctorStore& doctors, const AvailabilityPolicies& policies, const base::Clock& clock,
                     const Clinic& clinic);

    /// Free slots of a local day, by start; none of a day past. No value where the doctor is unknown.
    std::optional<std::vector<base::Interval>> operator()(base::DoctorId doctor, base::Date date,
                                                          base::Minutes duration, domain::VisitType type);

private:
    DoctorStore& doctors_;
    const AvailabilityPolicies& policies_;
    const base::Clock& clock_;
    const Clinic& clinic_;
};

} // namespace rota::app
