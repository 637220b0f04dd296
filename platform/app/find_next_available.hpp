#pragma once

#include "app/clinic.hpp"
#include "app/ports/availability_policy.hpp"
#include "app/ports/doctor_store.hpp"
#include "base/clock.hpp"

#include <map>
#include <span>

namespace rota::app {

/// Each doctor's next free 30 minutes, as the policies offer them. Most have one within days, so the horizon is read in
/// three growing windows, each in one statement for all doctors who have none yet. Throws StorageError, PolicyError.
/// [thread-safe]
class FindNextAvailable {
public:
    FindNextAvailable(DoctorStore& doctors, const AvailabilityPolicies& policies, const base::Clock& clock,
                      const Clinic& clinic);

    /// Doctors without a free time within the booking horizon are not in it.
    std::map<base::DoctorId, base::Instant> operator()(std::span<const base::DoctorId> doctors);

private:
    DoctorStore& doctors_;
    const AvailabilityPolicies& policies_;
    const base::Clock& clock_;
    const Clinic& clinic_;
};

} // namespace rota::app
