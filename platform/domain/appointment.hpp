#pragma once

#include "base/ids.hpp"
#include "base/interval.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace rota::domain {

using base::AppointmentId;
using base::DoctorId;
using base::Instant;
using base::Interval;
using base::Minutes;
using base::PatientId;

enum class VisitType { FollowUp, Standard, NewPatient };
std::string_view toString(VisitType type); ///< "follow-up", "standard", "new-patient"
std::optional<VisitType> parseVisitType(std::string_view text);

enum class AppointmentStatus { Scheduled, Completed, Cancelled, NoShow };
std::string_view toString(AppointmentStatus status); ///< "scheduled", "completed", "cancelled", "no-show"
std::optional<AppointmentStatus> parseAppointmentStatus(std::string_view text);

/// 15, 30 and 60 minutes are what is booked.
bool isBookableDuration(Minutes duration);
inline constexpr Minutes kLongestDuration{60};

/// Where a patient's list shows an appointment.
enum class AppointmentCategory { Upcoming, Past, Cancelled };
std::string_view toString(AppointmentCategory category); ///< "upcoming", "past", "cancelled"
std::optional<AppointmentCategory> parseAppointmentCategory(std::string_view text);

struct Appointment {
    AppointmentId id;
    DoctorId doctor;
    PatientId patient;
    Instant start;
    Minutes duration{0};
    VisitType type = VisitType::Standard;
    AppointmentStatus status = AppointmentStatus::Scheduled;
    bool cancellationFeeApplied = false;
    /// Rises with every rescheduling; jobs of an earlier version are void.
    int scheduleVersion = 1;
    /// Rises with every change that a calendar which has the appointment must hear of.
    int calendarSequence = 0;
    std::optional<Instant> cancelledAt;

    Interval span() const { return {start, start + duration}; }
};

/// One that starts this very moment is still upcoming, as it can still be cancelled.
AppointmentCategory categoryOf(const Appointment& appointment, Instant now);

/// A stretch of a doctor's calendar that an appointment takes.
struct BusySpan {
    Interval span;
    VisitType type = VisitType::Standard;
};

} // namespace rota::domain
