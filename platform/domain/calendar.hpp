#pragma once

#include "domain/booking_rules.hpp"

#include <span>
#include <string>
#include <vector>

namespace rota::domain {

/// Whole days of the clinic's calendar, both ends included.
struct DateRange {
    Date first{};
    Date last{};

    bool contains(Date date) const { return first <= date && date <= last; }
    bool operator==(const DateRange&) const = default;
};

/// A part of a doctor's week. A day with several of them is a split shift.
struct WorkingHours {
    unsigned dayOfWeek = 0; ///< 0 = Sunday … 6 = Saturday
    HoursRange hours;

    bool operator==(const WorkingHours&) const = default;
};

/// What decides about many days of a doctor, read at one moment.
struct DoctorCalendar {
    std::vector<WorkingHours> week; ///< by day, then by begin
    std::vector<DateRange> timeOff;
    std::vector<BusySpan> busy; ///< standing appointments, by begin, which never overlap

    /// The same as a DoctorDay that was read alone. `dayUtc` are the date's bounds.
    DoctorDay day(Date date, Interval dayUtc) const;
};

} // namespace rota::domain
