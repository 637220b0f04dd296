#include "base/zone.hpp"
#include "support/example_times.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace rota::base {
namespace {

using namespace std::chrono_literals;
using rota::testing::date;
using rota::testing::utc;
using std::chrono::sys_days;

TEST(Zone, UnknownOnesAreNamed) {
    try {
        Zone zone{"America/New_Yrok"};
        FAIL();
    } catch (const std::invalid_argument& error) {
        EXPECT_NE(std::string{error.what()}.find("America/New_Yrok"), std::string::npos);
    }
    EXPECT_THROW(Zone{""}, std::invalid_argument);
    EXPECT_THROW(Zone{"../../etc/passwd"}, std::invalid_argument);
}

TEST(Zone, CopiesShareTheRules) {
    const Zone zone{"Europe/Berlin"};
    Zone copy{"UTC"};
    copy = zone;
    EXPECT_EQ(copy.name(), "Europe/Berlin");
    EXPECT_EQ(copy.offset(utc(2026, 7, 1)), 2h);
}

TEST(Zone, WritesTheOffsetThatHolds) {
    const Zone newYork{"America/New_York"};
    EXPECT_EQ(newYork.iso(utc(2026, 3, 10, 13h)), "2026-03-10T09:00:00-04:00");
    EXPECT_EQ(newYork.iso(utc(2026, 1, 10, 13h)), "2026-01-10T08:00:00-05:00");
    EXPECT_EQ(newYork.iso(utc(2026, 3, 10, 13h) + 999ms), "2026-03-10T09:00:00-04:00");
    EXPECT_EQ(Zone{"UTC"}.iso(utc(2026, 3, 10, 13h)), "2026-03-10T13:00:00+00:00");
    EXPECT_EQ(Zone{"Australia/Lord_Howe"}.iso(utc(2026, 7, 1)), "2026-07-01T10:30:00+10:30");
    EXPECT_EQ(Zone{"America/St_Johns"}.iso(utc(2026, 1, 1)), "2025-12-31T20:30:00-03:30");
}

TEST(Zone, SkippedTimesDoNotExist) {
    const Zone newYork{"America/New_York"}; // 2026-03-08, 02:00 to 03:00
    const auto sunday = date(2026, 3, 8);
    EXPECT_EQ(newYork.toUtc({sunday, 1h + 59min}), utc(2026, 3, 8, 6h + 59min));
    EXPECT_FALSE(newYork.toUtc({sunday, 2h}));
    EXPECT_FALSE(newYork.toUtc({sunday, 2h + 59min}));
    EXPECT_EQ(newYork.toUtc({sunday, 3h}), utc(2026, 3, 8, 7h));
    EXPECT_EQ(newYork.toUtcOrNext({sunday, 2h + 30min}), utc(2026, 3, 8, 7h));
}

TEST(Zone, TimesThatExistTwiceAreTheEarlier) {
    const Zone newYork{"America/New_York"}; // 2026-11-01, 02:00 back to 01:00
    EXPECT_EQ(newYork.toUtc({date(2026, 11, 1), 1h + 30min}), utc(2026, 11, 1, 5h + 30min));
    EXPECT_EQ(newYork.toUtcOrNext({date(2026, 11, 1), 1h + 30min}), utc(2026, 11, 1, 5h + 30min));
    EXPECT_EQ(newYork.toLocal(utc(2026, 11, 1, 6h + 30min)), (LocalTime{date(2026, 11, 1), 1h + 30min}));
    const Zone lordHowe{"Australia/Lord_Howe"}; // 2026-04-05, 02:00 back to 01:30
    EXPECT_EQ(lordHowe.toUtc({date(2026, 4, 5), 1h + 45min}), utc(2026, 4, 4, 14h + 45min));
}

TEST(Zone, DaysAreAsLongAsTheyAre) {
    const auto length = [](const char* zone, Date day) {
        const auto bounds = Zone{zone}.day(day);
        return bounds.end - bounds.begin;
    };
    EXPECT_EQ(length("America/New_York", date(2026, 3, 8)), 23h);
    EXPECT_EQ(length("America/New_York", date(2026, 3, 9)), 24h);
    EXPECT_EQ(length("America/New_York", date(2026, 11, 1)), 25h);
    EXPECT_EQ(length("Australia/Lord_Howe", date(2026, 10, 4)), 23h + 30min);
    EXPECT_EQ(length("Australia/Lord_Howe", date(2026, 4, 5)), 24h + 30min);
    EXPECT_EQ(length("Pacific/Apia", date(2011, 12, 29)), 24h);
    EXPECT_EQ(length("Pacific/Apia", date(2011, 12, 30)), 0h) << "Samoa had no December 30 that year";
    EXPECT_EQ(length("Pacific/Apia", date(2011, 12, 31)), 24h);
    EXPECT_EQ(length("Africa/Casablanca", date(2026, 2, 15)), 25h) << "Ramadan begins";
    EXPECT_EQ(length("Africa/Cairo", date(2026, 4, 24)), 23h) << "no midnight that day";
}

TEST(Zone, ADayWithoutMidnightBeginsWithTheChange) {
    const Zone cairo{"Africa/Cairo"};
    EXPECT_FALSE(cairo.toUtc({date(2026, 4, 24), 0h}));
    EXPECT_EQ(cairo.toLocal(cairo.day(date(2026, 4, 24)).begin), (LocalTime{date(2026, 4, 24), 1h}));
}

/// Local and universal time against each other through every clock change of the years in which we book.
class ZoneThroughTheYears : public ::testing::TestWithParam<const char*> {};

TEST_P(ZoneThroughTheYears, DaysFollowOnEachOther) {
    const Zone zone{GetParam()};
    auto end = zone.day(date(2023, 12, 31)).end;
    for (auto day = date(2024, 1, 1); day < date(2031, 1, 1); day = addDays(day, 1)) {
        const auto bounds = zone.day(day);
        ASSERT_EQ(bounds.begin, end) << formatDate(day);
        ASSERT_EQ(zone.toLocal(bounds.begin).date, day);
        ASSERT_EQ(zone.toLocal(bounds.end - 1ms).date, day);
        end = bounds.end;
    }
}

TEST_P(ZoneThroughTheYears, LocalTimesComeBack) {
    const Zone zone{GetParam()};
    int twice = 0;
    for (auto instant = utc(2024, 1, 1); instant < utc(2031, 1, 1); instant += 15min) {
        const auto back = zone.toUtc(zone.toLocal(instant));
        ASSERT_TRUE(back) << "a moment that is always has a local time";
        ASSERT_LE(*back, instant);
        if (*back == instant) continue;
        ++twice;
        ASSERT_EQ(zone.toLocal(*back), zone.toLocal(instant));
        ASSERT_NE(zone.offset(*back), zone.offset(instant));
    }
    const bool changes = std::string_view{GetParam()} != "UTC" && std::string_view{GetParam()} != "Pacific/Apia" &&
                         std::string_view{GetParam()} != "Asia/Kathmandu";
    EXPECT_EQ(twice > 0, changes);
}

TEST_P(ZoneThroughTheYears, WhatDoesNotExistIsTheMomentOfTheChange) {
    const Zone zone{GetParam()};
    for (auto day = date(2024, 1, 1); day < date(2031, 1, 1); day = addDays(day, 1)) {
        for (Minutes clock{0}; clock < 24h; clock += 15min) {
            const LocalTime local{day, clock};
            const auto next = zone.toUtcOrNext(local);
            const auto exact = zone.toUtc(local);
            if (exact) {
                ASSERT_EQ(*exact, next);
                ASSERT_EQ(zone.toLocal(next), local);
            } else {
                ASSERT_LT(zone.offset(next - 1ms), zone.offset(next)) << "the clocks went forward right then";
                ASSERT_LT(clock, zone.toLocal(next).sinceMidnight);
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Zones, ZoneThroughTheYears,
                         ::testing::Values("America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia",
                                           "Africa/Casablanca", "Africa/Cairo", "America/St_Johns", "Asia/Kathmandu",
                                           "UTC"));

} // namespace
} // namespace rota::base
