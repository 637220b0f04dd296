#include "domain/calendar.hpp"

#include <algorithm>

namespace rota::domain {

DoctorDay DoctorCalendar::day(Date date, Interval dayUtc) const {
    DoctorDay day;
    day.date = date;
    for (const auto& part : week)
        if (part.dayOfWeek == base::dayOfWeek(date)) day.hours.push_back(part.hours);
    day.timeOff = std::any_of(timeOff.begin(), timeOff.end(), [&](const DateRange& off) { return off.contains(date); });
    // Sorted by begin and without overlaps, they are sorted by end as well: a year of them is not searched for each
    // day.
    auto taken = std::partition_point(busy.begin(), busy.end(),
                                      [&](const BusySpan& span) { return span.span.end <= dayUtc.begin; });
    for (; taken != busy.end() && taken->span.begin < dayUtc.end; ++taken)
        day.busy.push_back(*taken);
    return day;
}

} // namespace rota::domain
