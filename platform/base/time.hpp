#pragma once

#include <chrono>

namespace rota::base {

/// An instant in UTC. PostgreSQL (`timestamp(3)`), Redis scores and plugins all count whole milliseconds.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// A day of the clinic's calendar.
using Date = std::chrono::year_month_day;

/// A length of time, or a wall-clock time as minutes since local midnight (0 to 1440).
using Minutes = std::chrono::minutes;

using Milliseconds = std::chrono::milliseconds;

inline Instant fromUnixMs(long long ms) {
    return Instant{Milliseconds{ms}};
}
inline long long toUnixMs(Instant instant) {
    return instant.time_since_epoch().count();
}

} // namespace rota::base
