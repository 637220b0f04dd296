#pragma once

#include "base/time.hpp"

#include <span>
#include <vector>

namespace rota::base {

/// A half-open span of time, [begin, end). Empty where end <= begin.
struct Interval {
    Instant begin;
    Instant end;

    bool empty() const { return end <= begin; }
    bool contains(Instant instant) const { return begin <= instant && instant < end; }
    bool contains(const Interval& other) const { return begin <= other.begin && other.end <= end; }
    /// Intervals that only touch do not overlap; an empty one overlaps nothing.
    bool overlaps(const Interval& other) const {
        return !empty() && !other.empty() && begin < other.end && other.begin < end;
    }
    bool operator==(const Interval&) const = default;
};

/// Sorted, without empty ones, touching and overlapping ones joined: the one form that the functions below return.
std::vector<Interval> normalized(std::vector<Interval> intervals);

/// What of `open` is left when `busy` is taken away. The order of either input does not matter.
std::vector<Interval> subtracted(std::span<const Interval> open, std::span<const Interval> busy);

} // namespace rota::base
