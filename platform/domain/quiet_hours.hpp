#pragma once

#include "base/zone.hpp"

#include <optional>

namespace rota::domain {

/// The hours of the clinic's day in which no reminder goes out: from 21:00 to 8:00, say. By the wall clock, so that
/// they are longer or shorter where the clocks change within them.
struct QuietHours {
    base::Zone zone;
    base::Minutes begin{0};
    base::Minutes end{0}; ///< before `begin`: of the next day

    /// The quiet stretch in which `instant` lies.
    std::optional<base::Interval> around(base::Instant instant) const;
};

/// How long before an appointment a reminder must come to be of use.
inline constexpr base::Milliseconds kUsefulBefore = std::chrono::hours{1};

/// When a reminder that is due at `due` goes out: then, unless it is quiet. From quiet hours it moves to their end, if
/// it is of use then; else to their begin, or to `now` where that has passed. So it is never later than the start.
base::Instant outsideQuietHours(const std::optional<QuietHours>& quiet, base::Instant due, base::Instant now,
                                base::Instant start);

} // namespace rota::domain
