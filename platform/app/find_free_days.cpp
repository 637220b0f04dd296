#include "app/find_free_days.hpp"

namespace rota::app {

FindFreeDays::FindFreeDays(DoctorStore& doctors, const AvailabilityPolicies& policies, const base::Clock& clock,
                           const Clinic& clinic)
    : doctors_(doctors), policies_(policies), clock_(clock), clinic_(clinic) {}

std::optional<std::vector<FreeDay>> FindFreeDays::operator()(base::DoctorId doctor, domain::DateRange range,
                                                             SlotsWanted wanted) {
    const base::Interval rangeUtc{clinic_.zone.day(range.first).begin, clinic_.zone.day(range.last).end};
    const auto calendars = doctors_.calendars(std::vector{doctor}, range, rangeUtc);
    if (calendars.empty()) return std::nullopt;

    const auto& calendar = calendars.begin()->second;
    const auto policy = policies_.forDoctor(doctor);
    const auto now = clock_.now();
    std::vector<FreeDay> days;
    for (auto date = range.first; date <= range.last; date = base::addDays(date, 1)) {
        const auto day = calendar.day(date, clinic_.zone.day(date));
        const auto slots = freeSlots(*policy, clinic_, now, doctor, day, wanted);
        days.push_back({date, static_cast<int>(slots.size())});
    }
    return days;
}

} // namespace rota::app
