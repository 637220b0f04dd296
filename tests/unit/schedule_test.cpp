#include "base/zone.hpp"
#include "domain/schedule.hpp"
#include "support/example_times.hpp"

#include <gtest/gtest.h>

namespace rota::domain {
namespace {

using namespace std::chrono_literals;
using rota::testing::kTuesday;
using rota::testing::kZone;

WorkingHours part(unsigned day, base::Minutes begin, base::Minutes end) {
    return {day, {begin, end}};
}

ComingVisit visit(std::int64_t id, base::Date date, base::Minutes time, base::Minutes duration = 30min) {
    ComingVisit visit;
    visit.id = {id};
    visit.start = *kZone.toUtc({date, time});
    visit.duration = duration;
    return visit;
}

std::vector<std::int64_t> idsOf(const std::vector<ComingVisit>& visits) {
    std::vector<std::int64_t> ids;
    for (const auto& visit : visits)
        ids.push_back(visit.id.value);
    return ids;
}

TEST(CheckWeek, TakesSplitShiftsThatTouchOrNot) {
    EXPECT_TRUE(checkWeek({}).empty());
    EXPECT_TRUE(checkWeek(std::vector{part(1, 8h, 12h), part(1, 13h, 17h), part(2, 8h, 12h)}).empty());
    EXPECT_TRUE(checkWeek(std::vector{part(1, 12h, 24h), part(1, 0h, 12h)}).empty());
}

TEST(CheckWeek, NamesReversedAndEmptyRanges) {
    const auto errors = checkWeek(std::vector{part(1, 8h, 12h), part(2, 12h, 8h), part(3, 9h, 9h)});
    EXPECT_EQ(errors, (std::vector<FieldError>{{"schedule[1].end_time", "Must be after start_time"},
                                               {"schedule[2].end_time", "Must be after start_time"}}));
}

TEST(CheckWeek, NamesOverlaps) {
    const auto errors =
        checkWeek(std::vector{part(1, 8h, 12h), part(2, 11h, 13h), part(1, 11h + 59min, 13h), part(1, 7h, 18h)});
    EXPECT_EQ(errors, (std::vector<FieldError>{{"schedule[2].start_time", "Overlaps schedule[0]"},
                                               {"schedule[3].start_time", "Overlaps schedule[0]"}}));
}

TEST(OutsideHours, AreVisitsThatTheNewHoursWouldNotAdmit) {
    const std::vector week{part(2, 9h, 12h), part(2, 13h, 17h)};
    const std::vector visits{visit(1, kTuesday, 9h),
                             visit(2, kTuesday, 8h + 45min),
                             visit(3, kTuesday, 11h + 30min),
                             visit(4, kTuesday, 11h + 45min),
                             visit(5, kTuesday, 16h, 60min),
                             visit(6, base::addDays(kTuesday, 1), 10h),
                             visit(7, base::addDays(kTuesday, 7), 12h)};
    EXPECT_EQ(idsOf(outsideHours(week, visits, kZone)), (std::vector<std::int64_t>{2, 4, 6, 7}));
    EXPECT_EQ(outsideHours({}, visits, kZone).size(), visits.size());
}

TEST(OutsideHours, AreWallClockTimesThroughEveryClockChange) {
    const auto before = base::addDays(kTuesday, -7); // the clocks go forward in between
    const std::vector week{part(2, 9h, 10h)};
    EXPECT_TRUE(outsideHours(week, {visit(1, before, 9h, 60min), visit(2, kTuesday, 9h, 60min)}, kZone).empty());
}

TEST(WithinTimeOff, AreVisitsOfItsFirstToItsLastDay) {
    const std::vector visits{visit(1, base::addDays(kTuesday, -1), 23h + 30min), visit(2, kTuesday, 0h),
                             visit(3, base::addDays(kTuesday, 1), 23h + 45min, 15min),
                             visit(4, base::addDays(kTuesday, 2), 0h)};
    EXPECT_EQ(idsOf(within({kTuesday, base::addDays(kTuesday, 1)}, visits, kZone)), (std::vector<std::int64_t>{2, 3}));
}

} // namespace
} // namespace rota::domain
