#include "domain/availability.hpp"

#include <algorithm>

namespace rota::domain {

std::vector<Interval> openIntervals(Date date, std::span<const HoursRange> hours, const base::Zone& zone) {
    std::vector<Interval> open;
    open.reserve(hours.size());
    for (const auto& range : hours)
        open.push_back({zone.toUtcOrNext({date, range.begin}), zone.toUtcOrNext({date, range.end})});
    return base::normalized(std::move(open));
}

Minutes slotStep(Minutes duration) {
    return std::min(duration, Minutes{30});
}

AvailabilityQuery availabilityQuery(const DoctorDay& day, const base::Zone& zone, Instant now, DoctorId doctor,
                                    VisitType type, Minutes duration) {
    AvailabilityQuery query;
    query.now = now;
    query.zone = zone.name();
    query.doctor = doctor;
    query.type = type;
    query.duration = duration;
    query.window = zone.day(day.date);
    if (!day.timeOff) query.open = openIntervals(day.date, day.hours, zone);
    query.busy = day.busy;
    std::sort(query.busy.begin(), query.busy.end(),
              [](const BusySpan& a, const BusySpan& b) { return a.span.begin < b.span.begin; });
    return query;
}

std::vector<Interval> bookableNow(std::vector<Interval> slots, const BookingRules& rules, Instant now) {
    const auto earliest = now + rules.minNotice;
    const auto latest = now + rules.maxAdvance;
    std::erase_if(slots, [&](const Interval& slot) { return slot.begin < earliest || latest < slot.begin; });
    return slots;
}

} // namespace rota::domain
