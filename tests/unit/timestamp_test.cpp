#include "base/zone.hpp"
#include "support/example_times.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace rota::base {
namespace {

using namespace std::chrono_literals;
using rota::testing::utc;

const Zone kNewYork{"America/New_York"};

tl::expected<Instant, TimestampError> parsed(std::string_view text) {
    return parseTimestamp(text, kNewYork);
}

TEST(Timestamp, TakesAnOffsetZuluOrTheClinicsTime) {
    const auto nine = utc(2026, 3, 10, 13h);
    for (const auto* text : {"2026-03-10T09:00:00-04:00", "2026-03-10T09:00-04:00", "2026-03-10T13:00:00Z",
                             "2026-03-10T13:00Z", "2026-03-10T09:00", "2026-03-10T09:00:00", "2026-03-10T09:00:00.000",
                             "2026-03-10T13:00:00.0Z", "2026-03-10T18:45:00.000000000000+05:45",
                             "2026-03-11T03:00+14:00", "2026-03-09T23:00-14:00", "2026-03-10T13:00-00:00"})
        EXPECT_EQ(parsed(text), nine) << text;
}

TEST(Timestamp, IsStrict) {
    for (const auto* text : {"",
                             "2026-03-10",
                             "2026-03-10T",
                             "2026-03-10T9:00",
                             "2026-03-10T09",
                             "2026-03-10T09:",
                             "2026-03-10T09:0",
                             "2026-03-10T0900",
                             "2026-03-10t09:00",
                             "2026-03-10 09:00",
                             "2026-03-10T09:00z",
                             "2026-03-10T09:00:",
                             "2026-03-10T09:00:0",
                             "2026-03-10T09:00:60",
                             "2026-03-10T09:00:00.",
                             "2026-03-10T09:00:00,0",
                             "2026-03-10T09:00.0",
                             "2026-03-10T24:00",
                             "2026-03-10T09:60",
                             "2026-03-10T09:00+0400",
                             "2026-03-10T09:00+04",
                             "2026-03-10T09:00+14:01",
                             "2026-03-10T09:00-15:00",
                             "2026-03-10T09:00+04:60",
                             "2026-03-10T09:00ZZ",
                             "2026-03-10T09:00Z ",
                             " 2026-03-10T09:00Z",
                             "2026-03-10T09:00 Z",
                             "2026-02-30T09:00",
                             "2026-03-10T09:00:00-04:00[America/New_York]",
                             "1969-12-31T09:00Z",
                             "2200-01-01T00:00Z",
                             "9999-12-31T23:59Z",
                             "12026-03-10T09:00Z",
                             "2026-W11-2T09:00",
                             "2026-03-10T09:00\u221204:00"})
        EXPECT_EQ(parsed(text), tl::unexpected(TimestampError::Malformed)) << text;
    EXPECT_EQ(parsed(std::string_view{"2026-03-10T09:00\0", 17}), tl::unexpected(TimestampError::Malformed));
}

TEST(Timestamp, TakesWholeMinutesOnly) {
    for (const auto* text : {"2026-03-10T09:00:01", "2026-03-10T09:00:59Z", "2026-03-10T09:00:00.001",
                             "2026-03-10T09:00:00.0000000001-04:00", "2026-03-08T02:30:30"})
        EXPECT_EQ(parsed(text), tl::unexpected(TimestampError::NotWholeMinute)) << text;
}

TEST(Timestamp, KnowsTheClockChanges) {
    EXPECT_EQ(parsed("2026-03-08T02:30"), tl::unexpected(TimestampError::Nonexistent));
    EXPECT_EQ(parsed("2026-03-08T03:00"), utc(2026, 3, 8, 7h));
    EXPECT_EQ(parsed("2026-11-01T01:30"), utc(2026, 11, 1, 5h + 30min)) << "the earlier";
    EXPECT_EQ(parsed("2026-11-01T01:30-05:00"), utc(2026, 11, 1, 6h + 30min)) << "the later, by its offset";
    EXPECT_EQ(parsed("2026-03-08T02:30-05:00"), utc(2026, 3, 8, 7h + 30min)) << "with an offset it is a moment";
}

TEST(Timestamp, ReachesToItsYears) {
    EXPECT_EQ(parsed("1970-01-01T00:00Z"), utc(1970, 1, 1, 0h));
    EXPECT_EQ(parsed("2199-12-31T23:59Z"), utc(2199, 12, 31, 23h + 59min));
}

RC_GTEST_PROP(TimestampProperty, WhatWeWriteWeRead, (unsigned minutes)) {
    const auto instant = utc(1971, 1, 1, Minutes{minutes % (200u * 365 * 24 * 60)});
    RC_ASSERT(parseTimestamp(kNewYork.iso(instant), kNewYork) == instant);
}

RC_GTEST_PROP(TimestampProperty, AnyTextIsParsedWithoutHarm, ()) {
    const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string{"0123456789-:+TZ."}));
    parseTimestamp(text, kNewYork);
    parseTimestamp("2026-03-10T" + text, kNewYork);
    parseTimestamp("2026-03-10T09:00" + text, kNewYork);
}

} // namespace
} // namespace rota::base
