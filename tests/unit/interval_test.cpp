#include "base/interval.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <bitset>

namespace rota::base {
namespace {

using Intervals = std::vector<Interval>;

Instant minute(int m) {
    return fromUnixMs(0) + Minutes{m};
}

Interval between(int begin, int end) {
    return {minute(begin), minute(end)};
}

constexpr int kMinutes = 240;
using Bitmap = std::bitset<kMinutes>;

/// The slow truth: which minutes are covered.
Bitmap bitmap(const Intervals& intervals) {
    Bitmap covered;
    for (int m = 0; m < kMinutes; ++m)
        covered[static_cast<std::size_t>(m)] = std::any_of(
            intervals.begin(), intervals.end(), [&](const Interval& interval) { return interval.contains(minute(m)); });
    return covered;
}

bool isNormal(const Intervals& intervals) {
    for (std::size_t i = 0; i < intervals.size(); ++i) {
        if (intervals[i].empty()) return false;
        if (i > 0 && intervals[i].begin <= intervals[i - 1].end) return false;
    }
    return true;
}

/// Empty and reversed ones are among them.
rc::Gen<Intervals> anyIntervals() {
    return rc::gen::container<Intervals>(
        rc::gen::map(rc::gen::pair(rc::gen::inRange(0, kMinutes), rc::gen::inRange(-5, 60)), [](auto drawn) {
            return between(drawn.first, std::clamp(drawn.first + drawn.second, 0, kMinutes));
        }));
}

TEST(Interval, IsHalfOpen) {
    const auto hour = between(60, 120);
    EXPECT_TRUE(hour.contains(minute(60)));
    EXPECT_FALSE(hour.contains(minute(120)));
    EXPECT_TRUE(hour.contains(between(60, 120)));
    EXPECT_FALSE(hour.contains(between(60, 121)));
    EXPECT_FALSE(hour.overlaps(between(0, 60)));
    EXPECT_FALSE(hour.overlaps(between(120, 180)));
    EXPECT_TRUE(hour.overlaps(between(119, 180)));
    EXPECT_FALSE(hour.overlaps(between(90, 90)));
    EXPECT_TRUE(between(5, 5).empty());
    EXPECT_TRUE(between(6, 5).empty());
}

TEST(Interval, NormalizingJoinsWhatTouches) {
    EXPECT_EQ(normalized({between(10, 20), between(0, 10), between(30, 30), between(25, 28), between(26, 27)}),
              (Intervals{between(0, 20), between(25, 28)}));
    EXPECT_TRUE(normalized({}).empty());
}

TEST(Interval, SubtractingCutsAndSplits) {
    const Intervals day{between(0, 60), between(100, 160)};
    EXPECT_EQ(subtracted(day, Intervals{between(20, 30)}),
              (Intervals{between(0, 20), between(30, 60), between(100, 160)}));
    EXPECT_EQ(subtracted(day, Intervals{between(50, 110)}), (Intervals{between(0, 50), between(110, 160)}));
    EXPECT_EQ(subtracted(day, Intervals{between(0, 60)}), (Intervals{between(100, 160)}));
    EXPECT_EQ(subtracted(day, Intervals{between(-10, 200)}), Intervals{});
    EXPECT_EQ(subtracted(day, Intervals{}), day);
    EXPECT_EQ(subtracted(Intervals{}, day), Intervals{});
}

RC_GTEST_PROP(IntervalProperty, NormalizingKeepsEveryMinute, ()) {
    const auto intervals = *anyIntervals();
    const auto result = normalized(intervals);
    RC_ASSERT(isNormal(result));
    RC_ASSERT(bitmap(result) == bitmap(intervals));
    RC_ASSERT(normalized(result) == result);
}

RC_GTEST_PROP(IntervalProperty, SubtractingIsWhatTheBitmapSays, ()) {
    const auto open = *anyIntervals();
    const auto busy = *anyIntervals();
    const auto result = subtracted(open, busy);
    RC_ASSERT(isNormal(result));
    RC_ASSERT(bitmap(result) == (bitmap(open) & ~bitmap(busy)));
}

RC_GTEST_PROP(IntervalProperty, OrderDoesNotMatter, ()) {
    auto open = *anyIntervals();
    auto busy = *anyIntervals();
    const auto result = subtracted(open, busy);
    std::reverse(open.begin(), open.end());
    std::rotate(busy.begin(), busy.begin() + static_cast<std::ptrdiff_t>(busy.size() / 2), busy.end());
    RC_ASSERT(subtracted(open, busy) == result);
}

RC_GTEST_PROP(IntervalProperty, OverlappingMeansSharingAMinute, ()) {
    const auto a = *anyIntervals();
    const auto b = *anyIntervals();
    RC_PRE(!a.empty() && !b.empty());
    RC_ASSERT(a.front().overlaps(b.front()) == (bitmap({a.front()}) & bitmap({b.front()})).any());
}

} // namespace
} // namespace rota::base
