#include "base/zone.hpp"
#include "support/example_times.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace rota::base {
namespace {

using namespace std::chrono_literals;
using rota::testing::date;

TEST(CalendarText, DatesAreStrict) {
    EXPECT_EQ(parseDate("2026-03-10"), date(2026, 3, 10));
    EXPECT_EQ(parseDate("2024-02-29"), date(2024, 2, 29));
    for (const auto* text :
         {"",           "2026",       "2026-03",    "2026-3-10",  "2026-03-1",        "2026-03-100",   "2026-02-29",
          "2026-13-01", "2026-00-10", "2026-01-00", "2026-01-32", "0000-01-01",       " 2026-03-10",   "2026-03-10 ",
          "2026/03/10", "+026-03-10", "-026-03-10", "20260310",   "2026-03-10T00:00", "２０２６-03-10"})
        EXPECT_FALSE(parseDate(text)) << text;
}

TEST(CalendarText, VisitsAreInYearsThatEveryCalendarHas) {
    for (const auto* text : {"1970-01-01", "2026-03-10", "2199-12-31"})
        EXPECT_EQ(parseVisitDate(text), parseDate(text)) << text;
    for (const auto* text : {"0001-01-01", "1969-12-31", "2200-01-01", "9999-12-31", "2026-02-30"})
        EXPECT_FALSE(parseVisitDate(text)) << text;
}

TEST(CalendarText, TimesOfDayAreStrict) {
    EXPECT_EQ(parseTimeOfDay("00:00"), 0min);
    EXPECT_EQ(parseTimeOfDay("08:30"), 510min);
    EXPECT_EQ(parseTimeOfDay("24:00"), 1440min);
    for (const auto* text : {"", "8:30", "08:60", "24:01", "25:00", "08:30:00", "0830", "-8:30", "08:3"})
        EXPECT_FALSE(parseTimeOfDay(text)) << text;
    EXPECT_EQ(formatTimeOfDay(0min), "00:00");
    EXPECT_EQ(formatTimeOfDay(1440min), "24:00");
    EXPECT_EQ(formatTimeOfDay(545min), "09:05");
}

TEST(CalendarText, SaysDaysAndTimesAsPeopleDo) {
    EXPECT_EQ(formatLongDate(date(2026, 3, 10)), "Tuesday, March 10, 2026");
    EXPECT_EQ(formatLongDate(date(2024, 12, 1)), "Sunday, December 1, 2024");
    EXPECT_EQ(formatClockTime(0min), "12:00 AM");
    EXPECT_EQ(formatClockTime(9h), "9:00 AM");
    EXPECT_EQ(formatClockTime(11h + 59min), "11:59 AM");
    EXPECT_EQ(formatClockTime(12h), "12:00 PM");
    EXPECT_EQ(formatClockTime(17h + 5min), "5:05 PM");
    EXPECT_EQ(formatClockTime(24h), "12:00 AM");
}

TEST(CalendarText, WeekdaysCountFromSunday) {
    EXPECT_EQ(dayOfWeek(date(2026, 3, 8)), 0u);
    EXPECT_EQ(dayOfWeek(date(2026, 3, 14)), 6u);
    EXPECT_EQ(weekdayName(date(2026, 3, 13)), "Friday");
}

TEST(CalendarText, DaysAddOverMonthsAndLeapYears) {
    EXPECT_EQ(addDays(date(2024, 2, 28), 1), date(2024, 2, 29));
    EXPECT_EQ(addDays(date(2026, 12, 31), 1), date(2027, 1, 1));
    EXPECT_EQ(addDays(date(2026, 3, 1), -1), date(2026, 2, 28));
}

RC_GTEST_PROP(CalendarTextProperty, DatesComeBack, (unsigned days)) {
    const auto day = addDays(date(1, 1, 1), static_cast<int>(days % 3'000'000));
    RC_ASSERT(parseDate(formatDate(day)) == day);
}

RC_GTEST_PROP(CalendarTextProperty, AnyTextIsParsedWithoutHarm, (const std::string& text)) {
    if (const auto parsed = parseDate(text)) RC_ASSERT(formatDate(*parsed) == text);
    if (const auto parsed = parseTimeOfDay(text)) RC_ASSERT(formatTimeOfDay(*parsed) == text);
}

} // namespace
} // namespace rota::base
