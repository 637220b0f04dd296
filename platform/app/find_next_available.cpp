#include "app/find_next_available.hpp"

#include "app/free_slots.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace rota::app {
namespace {

/// Days ahead at which a window ends; the last one reaches to the horizon, however far that is configured.
constexpr int kWindowEnds[] = {7, 28};

std::vector<domain::DateRange> windows(base::Date first, base::Date last) {
    std::vector<domain::DateRange> ranges;
    auto from = first;
    for (const int end : kWindowEnds) {
        const auto until = base::addDays(first, end - 1);
        if (until >= last) break;
        ranges.push_back({from, until});
        from = base::addDays(until, 1);
    }
    ranges.push_back({from, last});
    return ranges;
}

/// One doctor's free times as of one moment.
struct Search {
    const AvailabilityPolicy& policy;
    const Clinic& clinic;
    base::Instant now;
    base::DoctorId doctor;

    std::optional<base::Instant> first(const domain::DoctorCalendar& calendar, domain::DateRange range) const {
        for (auto date = range.first; date <= range.last; date = base::addDays(date, 1)) {
            const auto slots =
                freeSlots(policy, clinic, now, doctor, calendar.day(date, clinic.zone.day(date)), SlotsWanted{});
            if (!slots.empty()) return slots.front().begin;
        }
        return std::nullopt;
    }
};

} // namespace

FindNextAvailable::FindNextAvailable(DoctorStore& doctors, const AvailabilityPolicies& policies,
                                     const base::Clock& clock, const Clinic& clinic)
    : doctors_(doctors), policies_(policies), clock_(clock), clinic_(clinic) {}

std::map<base::DoctorId, base::Instant> FindNextAvailable::operator()(std::span<const base::DoctorId> doctors) {
    const auto now = clock_.now();
    const auto& zone = clinic_.zone;
    std::map<base::DoctorId, base::Instant> next;
    std::vector<base::DoctorId> left{doctors.begin(), doctors.end()};
    for (const auto& range :
         windows(zone.toLocal(now + clinic_.rules.minNotice).date, zone.toLocal(now + clinic_.rules.maxAdvance).date)) {
        if (left.empty()) break;
        const base::Interval rangeUtc{zone.day(range.first).begin, zone.day(range.last).end};
        for (const auto& [doctor, calendar] : doctors_.calendars(left, range, rangeUtc)) {
            const auto policy = policies_.forDoctor(doctor);
            if (const auto start = Search{*policy, clinic_, now, doctor}.first(calendar, range))
                next.emplace(doctor, *start);
        }
        std::erase_if(left, [&](base::DoctorId doctor) { return next.contains(doctor); });
    }
    return next;
}

} // namespace rota::app
