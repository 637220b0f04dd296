#pragma once

#include "base/zone.hpp"
#include "domain/appointment.hpp"
#include "domain/doctor.hpp"

#include <tl/expected.hpp>

#include <span>
#include <string>
#include <variant>
#include <vector>

namespace rota::domain {

/// The clinic's limits; configuration with these defaults.
struct BookingRules {
    base::Milliseconds minNotice = std::chrono::hours{2};
    base::Milliseconds maxAdvance = std::chrono::days{90};
    base::Milliseconds feeWindow = std::chrono::hours{24};
    int feeCents = 5000;
};

struct DoctorNotFound {};
struct PatientNotFound {};
struct NewPatientNeedsHour {};
struct TooSoon {
    base::Milliseconds minNotice;
};
struct TooFarAhead {
    base::Milliseconds maxAdvance;
};
/// No hours on that weekday.
struct ClosedWeekday {
    Date date;
};
/// Within a time off. Its reason is private and not here.
struct ClosedDate {
    Date date;
};
struct OutsideWorkingHours {
    std::vector<HoursRange> hours; ///< of that day, sorted, not empty
};
/// Taken, or refused by the doctor's availability policy.
struct SlotTaken {
    std::vector<Interval> availableSlots; ///< of that day, for the same duration, as they were found
};

using BookingRefused = std::variant<DoctorNotFound, PatientNotFound, NewPatientNeedsHour, TooSoon, TooFarAhead,
                                    ClosedWeekday, ClosedDate, OutsideWorkingHours, SlotTaken>;

/// One doctor's day, as read in one snapshot.
struct DoctorDay {
    Date date;
    std::vector<HoursRange> hours; ///< sorted
    bool timeOff = false;
    std::vector<BusySpan> busy; ///< may reach beyond the day
};

/// The rules that need no calendar: the type's duration, the notice, the horizon, in this order.
tl::expected<void, BookingRefused> checkRequest(const BookingRules& rules, Instant now, Instant start, Minutes duration,
                                                VisitType type);

/// The rules of the day: closed, outside the hours, overlapping, in this order. SlotTaken comes without slots.
tl::expected<void, BookingRefused> checkDay(const DoctorDay& day, const base::Zone& zone, Interval wanted);

struct Cancellable {
    bool feeApplies = false;
};
struct AlreadyCancelled {};
struct CannotCancelPast {};
using CancellationRefused = std::variant<AlreadyCancelled, CannotCancelPast>;

/// Already cancelled comes before past; a fee is due less than rules.feeWindow before the start.
tl::expected<Cancellable, CancellationRefused> checkCancellation(const BookingRules& rules, Instant now,
                                                                 const Appointment& appointment);

struct CannotReschedulePast {};
struct TooLateToReschedule {
    base::Milliseconds window;
};
using ReschedulingRefused = std::variant<AlreadyCancelled, CannotReschedulePast, TooLateToReschedule>;

/// Whether the appointment may get another time, in this order. Less than rules.feeWindow before the start it may not,
/// or the fee could be walked around.
tl::expected<void, ReschedulingRefused> checkRescheduling(const BookingRules& rules, Instant now,
                                                          const Appointment& appointment);

struct NotStartedYet {};
using ConclusionRefused = std::variant<AlreadyCancelled, NotStartedYet>;

/// Whether the clinic may say that the appointment took place, or did not.
tl::expected<void, ConclusionRefused> checkConclusion(Instant now, const Appointment& appointment);

} // namespace rota::domain
