#include "base/interval.hpp"

#include <algorithm>

namespace rota::base {

std::vector<Interval> normalized(std::vector<Interval> intervals) {
    std::erase_if(intervals, [](const Interval& interval) { return interval.empty(); });
    std::sort(intervals.begin(), intervals.end(),
              [](const Interval& a, const Interval& b) { return a.begin < b.begin; });

    std::vector<Interval> joined;
    joined.reserve(intervals.size());
    for (const auto& interval : intervals) {
        if (joined.empty() || joined.back().end < interval.begin) {
            joined.push_back(interval);
        } else {
            joined.back().end = std::max(joined.back().end, interval.end);
        }
    }
    return joined;
}

std::vector<Interval> subtracted(std::span<const Interval> open, std::span<const Interval> busy) {
    const auto sortedBusy = normalized({busy.begin(), busy.end()});
    auto taken = sortedBusy.begin();

    std::vector<Interval> left;
    for (const auto& interval : normalized({open.begin(), open.end()})) {
        auto from = interval.begin;
        // One that reaches beyond this interval may take from the next one too, so `taken` stays on it.
        while (taken != sortedBusy.end() && taken->end <= from)
            ++taken;
        while (taken != sortedBusy.end() && taken->begin < interval.end) {
            if (from < taken->begin) left.push_back({from, taken->begin});
            from = taken->end;
            if (interval.end <= taken->end) break;
            ++taken;
        }
        if (from < interval.end) left.push_back({from, interval.end});
    }
    return left;
}

} // namespace rota::base
