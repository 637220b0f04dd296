#pragma once

#include "app/clinic.hpp"
#include "app/free_slots.hpp"
#include "app/ports/doctor_store.hpp"
#include "base/clock.hpp"

#include <optional>
#include <vector>

namespace rota::app {

struct FreeDay {
    base::Date date;
    int free = 0; ///< times that could be booked now

    bool operator==(const FreeDay&) const = default;
};

/// How many times are free on each of many days: what a calendar shows. Reads all of them in one statement. Throws
/// StorageError, PolicyError. [thread-safe]
class FindFreeDays {
public:
    FindFreeDays(DoctorStore& doctors, const AvailabilityPolicies& policies, const base::Clock& clock,
                 const Clinic& clinic);

    /// Every day of `range`, which is not empty. No value where the doctor is unknown or inactive.
    std::optional<std::vector<FreeDay>> operator()(base::DoctorId doctor, domain::DateRange range, SlotsWanted wanted);

private:
    DoctorStore& doctors_;
    const AvailabilityPolicies& policies_;
    const base::Clock& clock_;
    const Clinic& clinic_;
};

} // namespace rota::app
