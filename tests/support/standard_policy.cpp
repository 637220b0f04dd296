#include "support/standard_policy.hpp"

#include <algorithm>

namespace rota::testing {

std::vector<base::Interval> StandardPolicy::slots(const domain::AvailabilityQuery& query) const {
    std::vector<base::Interval> offered;
    for (const auto& open : query.open)
        for (auto start = open.begin; start + query.duration <= open.end; start += domain::slotStep(query.duration))
            if (admits(query, start)) offered.push_back({start, start + query.duration});
    return offered;
}

bool StandardPolicy::admits(const domain::AvailabilityQuery& query, base::Instant start) const {
    const base::Interval wanted{start, start + query.duration};
    return std::any_of(query.open.begin(), query.open.end(), [&](const auto& open) { return open.contains(wanted); }) &&
           std::none_of(query.busy.begin(), query.busy.end(),
                        [&](const auto& busy) { return busy.span.overlaps(wanted); });
}

} // namespace rota::testing
