#pragma once

#include "app/clinic.hpp"
#include "app/ports/schedule_store.hpp"
#include "base/clock.hpp"
#include "domain/doctor_details.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rota::app {

/// Whether a change is made, or only what it would leave behind is said.
enum class Mode { Change, Preview };

/// Changes of a doctor's calendar. Each holds from the next request on, leaves booked appointments alone, and tells
/// which of those to come it leaves outside. An answer of none means that the doctor is unknown. Throws StorageError.
/// [thread-safe]
class ChangeSchedule {
public:
    ChangeSchedule(ScheduleStore& schedules, const base::Clock& clock, const Clinic& clinic);

    using Affected = std::vector<domain::ComingVisit>;

    /// Replaces the week, in which domain::checkWeek found nothing wrong.
    std::optional<Affected> setWeek(base::DoctorId doctor, const std::vector<domain::WorkingHours>& week, Mode mode);

    struct TimeOffAdded {
        domain::TimeOff timeOff; ///< in a preview without an id
        Affected affected;
    };
    std::optional<TimeOffAdded> addTimeOff(base::DoctorId doctor, domain::DateRange days, const std::string& reason,
                                           Mode mode);

    /// An inner false where the doctor has no such time off.
    std::optional<bool> removeTimeOff(base::DoctorId doctor, base::TimeOffId id);

    struct DoctorChanged {
        domain::Doctor doctor;
        Affected affected; ///< all that are to come, of a doctor who is not active any more
    };
    /// `details` have been found right.
    std::optional<DoctorChanged> setDetails(base::DoctorId doctor, const domain::DoctorDetails& details, Mode mode);

    domain::Doctor addDoctor(const domain::DoctorDetails& details);

private:
    ScheduleStore& schedules_;
    const base::Clock& clock_;
    const Clinic& clinic_;
};

} // namespace rota::app
