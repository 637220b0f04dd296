#pragma once

#include "domain/calendar.hpp"
#include "domain/patient.hpp"

#include <span>
#include <string>
#include <vector>

namespace rota::domain {

struct TimeOff {
    base::TimeOffId id;
    DateRange days;
    std::string reason; ///< private: never told to patients
};

/// A scheduled appointment that is still to come, as a clinic that changes hours has to know it.
struct ComingVisit {
    AppointmentId id;
    PatientId patient;
    std::string patientName;
    Instant start;
    Minutes duration{0};
    VisitType type = VisitType::Standard;

    Interval span() const { return {start, start + duration}; }
};

/// Reversed and overlapping ranges, by the API's names: "schedule[1].start_time". Ranges that touch are two shifts
/// without a break.
std::vector<FieldError> checkWeek(std::span<const WorkingHours> week);

/// The visits that these hours would not admit.
std::vector<ComingVisit> outsideHours(std::span<const WorkingHours> week, std::vector<ComingVisit> visits,
                                      const base::Zone& zone);

/// The visits on these days.
std::vector<ComingVisit> within(DateRange days, std::vector<ComingVisit> visits, const base::Zone& zone);

} // namespace rota::domain
