#pragma once

#include "base/zone.hpp"
#include "domain/availability.hpp"

#include <vector>

namespace rota::testing {

/// A day of a doctor in the clinic's zone, written by the clock on the wall.
class DoctorsDay {
public:
    explicit DoctorsDay(base::Date date = base::Date{std::chrono::year{2026}, std::chrono::March, std::chrono::day{10}})
        : date_(date) {}

    base::Instant at(int hour, int minute = 0) const {
        return zone_.toUtcOrNext({date_, std::chrono::hours{hour} + std::chrono::minutes{minute}});
    }
    base::Interval hours(int from, int until) const { return {at(from), at(until)}; }
    base::Interval window() const { return zone_.day(date_); }

    /// Asked for at midnight.
    domain::AvailabilityQuery query(domain::VisitType type, base::Minutes duration, std::vector<base::Interval> open,
                                    std::vector<domain::BusySpan> busy = {}) const {
        domain::AvailabilityQuery query;
        query.now = window().begin;
        query.zone = zone_.name();
        query.doctor = base::DoctorId{1};
        query.type = type;
        query.duration = duration;
        query.window = window();
        query.open = std::move(open);
        query.busy = std::move(busy);
        return query;
    }

private:
    base::Date date_;
    base::Zone zone_{"America/New_York"};
};

} // namespace rota::testing
