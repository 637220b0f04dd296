#include "domain/schedule.hpp"

#include <fmt/format.h>

namespace rota::domain {
namespace {

bool overlap(const WorkingHours& a, const WorkingHours& b) {
    return a.dayOfWeek == b.dayOfWeek && a.hours.begin < b.hours.end && b.hours.begin < a.hours.end;
}

} // namespace

std::vector<FieldError> checkWeek(std::span<const WorkingHours> week) {
    std::vector<FieldError> errors;
    for (std::size_t i = 0; i < week.size(); ++i) {
        if (week[i].hours.end <= week[i].hours.begin) {
            errors.push_back({fmt::format("schedule[{}].end_time", i), "Must be after start_time"});
            continue;
        }
        for (std::size_t earlier = 0; earlier < i; ++earlier) {
            if (!overlap(week[i], week[earlier])) continue;
            errors.push_back(
                {fmt::format("schedule[{}].start_time", i), fmt::format("Overlaps schedule[{}]", earlier)});
            break;
        }
    }
    return errors;
}

std::vector<ComingVisit> outsideHours(std::span<const WorkingHours> week, std::vector<ComingVisit> visits,
                                      const base::Zone& zone) {
    const DoctorCalendar calendar{{week.begin(), week.end()}, {}, {}};
    // The very check of a booking, on days of which nothing is taken.
    std::erase_if(visits, [&](const ComingVisit& visit) {
        const auto date = zone.toLocal(visit.start).date;
        return checkDay(calendar.day(date, zone.day(date)), zone, visit.span()).has_value();
    });
    return visits;
}

std::vector<ComingVisit> within(DateRange days, std::vector<ComingVisit> visits, const base::Zone& zone) {
    const Interval blocked{zone.day(days.first).begin, zone.day(days.last).end};
    std::erase_if(visits, [&](const ComingVisit& visit) { return !blocked.overlaps(visit.span()); });
    return visits;
}

} // namespace rota::domain
