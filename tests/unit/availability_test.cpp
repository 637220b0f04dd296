#include "domain/availability.hpp"
#include "support/example_times.hpp"
#include "support/standard_policy.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace rota::domain {
namespace {

using namespace std::chrono_literals;
using rota::testing::date;
using rota::testing::kZone;

Minutes length(const std::vector<Interval>& open) {
    base::Milliseconds sum{0};
    for (const auto& interval : open)
        sum += interval.end - interval.begin;
    return std::chrono::floor<Minutes>(sum);
}

Minutes openMinutes(const char* zone, Date day, std::vector<HoursRange> hours) {
    return length(openIntervals(day, hours, base::Zone{zone}));
}

TEST(OpenIntervals, AreWallClockTimes) {
    const std::vector<HoursRange> hours{{8h, 18h}};
    EXPECT_EQ(kZone.iso(openIntervals(date(2026, 3, 6), hours, kZone).at(0).begin), "2026-03-06T08:00:00-05:00");
    EXPECT_EQ(kZone.iso(openIntervals(date(2026, 3, 9), hours, kZone).at(0).begin), "2026-03-09T08:00:00-04:00");
    EXPECT_EQ(kZone.iso(openIntervals(date(2026, 3, 9), hours, kZone).at(0).end), "2026-03-09T18:00:00-04:00");
}

TEST(OpenIntervals, ClockChangesMakeThemShorterOrLonger) {
    EXPECT_EQ(openMinutes("America/New_York", date(2026, 3, 8), {{0h, 24h}}), 23h);
    EXPECT_EQ(openMinutes("America/New_York", date(2026, 11, 1), {{0h, 24h}}), 25h);
    EXPECT_EQ(openMinutes("Europe/Berlin", date(2026, 3, 29), {{1h, 4h}}), 2h);
    EXPECT_EQ(openMinutes("Europe/Berlin", date(2026, 10, 25), {{1h, 4h}}), 4h);
    EXPECT_EQ(openMinutes("Australia/Lord_Howe", date(2026, 10, 4), {{1h, 4h}}), 2h + 30min);
    EXPECT_EQ(openMinutes("Australia/Lord_Howe", date(2026, 4, 5), {{1h, 4h}}), 3h + 30min);
    EXPECT_EQ(openMinutes("Africa/Casablanca", date(2026, 2, 15), {{0h, 8h}}), 9h);
}

TEST(OpenIntervals, WhatTheClocksSkipIsTheMomentOfTheChange) {
    const auto sunday = date(2026, 3, 8);
    const auto change = *kZone.toUtc({sunday, 3h});
    const auto open = [&](std::vector<HoursRange> hours) { return openIntervals(sunday, hours, kZone); };
    EXPECT_EQ(open({{2h + 30min, 5h}}), (std::vector<Interval>{{change, change + 2h}}));
    EXPECT_EQ(open({{1h, 2h + 30min}}), (std::vector<Interval>{{change - 1h, change}}));
    EXPECT_TRUE(open({{2h, 3h}}).empty());
    EXPECT_TRUE(open({{2h + 10min, 2h + 50min}}).empty());
    EXPECT_TRUE(
        openIntervals(date(2011, 12, 30), std::vector<HoursRange>{{8h, 18h}}, base::Zone{"Pacific/Apia"}).empty())
        << "a day that never was";
}

TEST(OpenIntervals, AreNormalized) {
    const std::vector<HoursRange> hours{{13h, 17h}, {8h, 12h}, {12h, 12h + 30min}};
    const auto open = openIntervals(date(2026, 3, 10), hours, kZone);
    ASSERT_EQ(open.size(), 2u);
    EXPECT_EQ(kZone.toLocal(open[0].begin).minutes(), 8h);
    EXPECT_EQ(kZone.toLocal(open[0].end).minutes(), 12h + 30min);
    EXPECT_EQ(kZone.toLocal(open[1].begin).minutes(), 13h);
}

TEST(SlotStep, IsTheDurationAndAtMostHalfAnHour) {
    EXPECT_EQ(slotStep(15min), 15min);
    EXPECT_EQ(slotStep(30min), 30min);
    EXPECT_EQ(slotStep(60min), 30min);
}

TEST(AvailabilityQuery, IsTheDay) {
    DoctorDay day;
    day.date = date(2026, 3, 10);
    day.hours = {{9h, 12h}};
    const auto begin = kZone.day(day.date).begin;
    day.busy = {{{begin + 11h, begin + 12h}, VisitType::NewPatient}, {{begin + 9h, begin + 10h}, VisitType::Standard}};
    auto query = availabilityQuery(day, kZone, begin, {7}, VisitType::FollowUp, 15min);
    EXPECT_EQ(query.zone, "America/New_York");
    EXPECT_EQ(query.doctor, DoctorId{7});
    EXPECT_EQ(query.type, VisitType::FollowUp);
    EXPECT_EQ(query.duration, 15min);
    EXPECT_EQ(query.window, kZone.day(day.date));
    EXPECT_EQ(query.open, (std::vector<Interval>{{begin + 9h, begin + 12h}}));
    ASSERT_EQ(query.busy.size(), 2u);
    EXPECT_EQ(query.busy[0].span.begin, begin + 9h);
    EXPECT_EQ(query.busy[1].type, VisitType::NewPatient);

    day.timeOff = true;
    EXPECT_TRUE(availabilityQuery(day, kZone, begin, {7}, VisitType::FollowUp, 15min).open.empty());
}

TEST(BookableNow, KeepsNoticeAndHorizonWithTheirEdges) {
    const auto now = base::fromUnixMs(1'773'144'000'000);
    const auto slot = [&](base::Milliseconds ahead) { return Interval{now + ahead, now + ahead + 30min}; };
    EXPECT_EQ(bookableNow({slot(2h - 1ms), slot(2h), slot(90 * 24h), slot(90 * 24h + 1ms)}, {}, now),
              (std::vector<Interval>{slot(2h), slot(90 * 24h)}));
}

/// A day of a doctor at any time of the years in which we book, clock changes drawn often.
struct Scene {
    base::Zone zone{"UTC"};
    DoctorDay day;
    Instant now;
    Minutes duration{30};
    VisitType type = VisitType::Standard;

    AvailabilityQuery query() const { return availabilityQuery(day, zone, now, {1}, type, duration); }
    std::vector<Interval> offered() const { return bookableNow(testing::StandardPolicy{}.slots(query()), {}, now); }
};

rc::Gen<Date> anyDate() {
    // Sundays on which some zone changes its clocks, and the days around them.
    const auto changes =
        std::vector{date(2024, 3, 10), date(2025, 11, 2), date(2026, 3, 8),  date(2026, 3, 29), date(2027, 10, 31),
                    date(2028, 4, 2),  date(2029, 10, 7), date(2026, 2, 15), date(2026, 3, 22)};
    const auto anyDay =
        rc::gen::map(rc::gen::inRange(0, 7 * 365), [](int n) { return base::addDays(date(2024, 1, 1), n); });
    return rc::gen::oneOf(rc::gen::elementOf(changes), anyDay);
}

Minutes quarters(int from, int to) {
    return 15min * *rc::gen::inRange(from, to);
}

Scene anyScene() {
    Scene scene;
    scene.zone = base::Zone{*rc::gen::element<std::string>("America/New_York", "Europe/Berlin", "Australia/Lord_Howe",
                                                           "Pacific/Apia", "Africa/Casablanca")};
    scene.day.date = *anyDate();
    scene.day.timeOff = *rc::gen::weightedElement<bool>({{9, false}, {1, true}});
    for (int n = *rc::gen::inRange(0, 4); n > 0; --n) {
        const auto begin = quarters(0, 95);
        scene.day.hours.push_back({begin, std::min<Minutes>(begin + quarters(1, 40), 24h)});
    }
    std::sort(scene.day.hours.begin(), scene.day.hours.end(), [](auto a, auto b) { return a.begin < b.begin; });
    const auto midnight = scene.zone.day(scene.day.date).begin;
    for (int n = *rc::gen::inRange(0, 12); n > 0; --n) {
        const auto begin = midnight + 5min * *rc::gen::inRange(-12, 300);
        scene.day.busy.push_back(
            {{begin, begin + *rc::gen::element<Minutes>(15min, 30min, 60min)}, VisitType::Standard});
    }
    scene.now = midnight - base::Milliseconds{*rc::gen::inRange<std::int64_t>(-86'400'000, 91LL * 86'400'000)};
    scene.duration = *rc::gen::element<Minutes>(15min, 30min, 60min);
    scene.type = scene.duration == 60min ? VisitType::NewPatient : VisitType::FollowUp;
    return scene;
}

RC_GTEST_PROP(AvailabilityProperty, WhatIsOfferedCanBeBooked, ()) {
    const auto scene = anyScene();
    for (const auto& slot : scene.offered()) {
        RC_ASSERT(slot.end - slot.begin == scene.duration);
        RC_ASSERT(checkRequest({}, scene.now, slot.begin, scene.duration, scene.type).has_value());
        RC_ASSERT(checkDay(scene.day, scene.zone, slot).has_value());
        RC_ASSERT(testing::StandardPolicy{}.admits(scene.query(), slot.begin));
        RC_ASSERT(scene.zone.toLocal(slot.begin).date == scene.day.date);
        for (const auto& busy : scene.day.busy)
            RC_ASSERT(!slot.overlaps(busy.span));
    }
}

RC_GTEST_PROP(AvailabilityProperty, WhatIsFreeOnTheGridIsOffered, ()) {
    const auto scene = anyScene();
    const auto offered = scene.offered();
    for (const auto& open : scene.query().open)
        for (auto start = open.begin; start + scene.duration <= open.end; start += slotStep(scene.duration)) {
            const Interval slot{start, start + scene.duration};
            const bool bookable =
                checkRequest({}, scene.now, start, scene.duration, scene.type) && checkDay(scene.day, scene.zone, slot);
            RC_ASSERT(bookable == (std::find(offered.begin(), offered.end(), slot) != offered.end()));
        }
}

RC_GTEST_PROP(AvailabilityProperty, TheOrderOfWhatIsReadDoesNotMatter, ()) {
    const auto scene = anyScene();
    auto shuffled = scene;
    std::reverse(shuffled.day.busy.begin(), shuffled.day.busy.end());
    std::reverse(shuffled.day.hours.begin(), shuffled.day.hours.end());
    RC_ASSERT(shuffled.offered() == scene.offered());
}

RC_GTEST_PROP(AvailabilityProperty, HoursStayWithinTheirDay, ()) {
    const auto scene = anyScene();
    const auto query = scene.query();
    for (const auto& open : query.open)
        RC_ASSERT(query.window.contains(open));
    RC_ASSERT(base::normalized(query.open) == query.open);
}

RC_GTEST_PROP(AvailabilityProperty, FreeTimeIsOpenMinusBusy, ()) {
    const auto scene = anyScene();
    const auto query = scene.query();
    std::vector<Interval> busy;
    for (const auto& taken : query.busy)
        busy.push_back(taken.span);
    const auto free = base::subtracted(query.open, busy);
    for (const auto& slot : testing::StandardPolicy{}.slots(query))
        RC_ASSERT(std::any_of(free.begin(), free.end(), [&](const Interval& gap) { return gap.contains(slot); }));
}

} // namespace
} // namespace rota::domain
