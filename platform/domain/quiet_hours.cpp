#include "domain/quiet_hours.hpp"

#include <algorithm>

namespace rota::domain {

std::optional<base::Interval> QuietHours::around(base::Instant instant) const {
    const auto today = zone.toLocal(instant).date;
    // One that began yesterday may reach into today.
    for (const int day : {-1, 0}) {
        const auto first = base::addDays(today, day);
        const auto last = end > begin ? first : base::addDays(first, 1);
        const base::Interval stretch{zone.toUtcOrNext({first, begin}), zone.toUtcOrNext({last, end})};
        if (stretch.begin <= instant && instant < stretch.end) return stretch;
    }
    return std::nullopt;
}

base::Instant outsideQuietHours(const std::optional<QuietHours>& quiet, base::Instant due, base::Instant now,
                                base::Instant start) {
    const auto stretch = quiet ? quiet->around(due) : std::nullopt;
    if (!stretch) return due;
    if (stretch->end + kUsefulBefore <= start) return stretch->end;
    return std::min(due, std::max(now, stretch->begin));
}

} // namespace rota::domain
