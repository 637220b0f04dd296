#pragma once

#include "base/zone.hpp"

#include <chrono>

/// The zone, day and moment that most tests are about, and short ways to write others.
namespace rota::testing {

inline const base::Zone kZone{"America/New_York"};
/// Two days after the clocks went forward.
inline constexpr base::Date kTuesday{std::chrono::year{2026}, std::chrono::March, std::chrono::day{10}};
/// On that day at 9:40 of kZone.
inline const base::Instant kNow = base::fromUnixMs(1'773'150'000'000);

inline base::Date date(int year, unsigned month, unsigned day) {
    return {std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
}

inline base::Instant utc(int year, unsigned month, unsigned day, base::Minutes sinceMidnight = base::Minutes{0}) {
    return base::Instant{std::chrono::sys_days{date(year, month, day)} + sinceMidnight};
}

} // namespace rota::testing
