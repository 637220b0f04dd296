#pragma once

#include "base/zone.hpp"
#include "domain/appointment.hpp"

#include <optional>
#include <string_view>

namespace rota::domain {

using base::Date;
using base::WaitlistId;

enum class PreferredRange { Any, Morning, Afternoon };
std::string_view toString(PreferredRange range); ///< "any", "morning", "afternoon"
std::optional<PreferredRange> parsePreferredRange(std::string_view text);

/// Somebody who waits for a time of a doctor on a day of the clinic's calendar.
struct WaitlistEntry {
    WaitlistId id;
    DoctorId doctor;
    PatientId patient;
    Date desiredDate{};
    PreferredRange prefers = PreferredRange::Any;
    int priority = 0; ///< clinical, set by the clinic, for strategies that look at it
    Instant createdAt;
};

/// The clinic's limits; configuration with these defaults.
struct WaitlistRules {
    int maxEntries = 3; ///< of one patient at a time
    base::Milliseconds expireAfter = std::chrono::days{30};
};

/// What an entry must be, at some moment, to still wait: it ends with its day, and some days after it was made.
struct WaitlistHorizon {
    Date today{};
    Instant madeSince;
};
WaitlistHorizon waitlistHorizon(const WaitlistRules& rules, const base::Zone& zone, Instant now);

/// The part of the day that suits `range`, as the span in which an appointment of `duration` must lie. Morning is what
/// starts before 12:00 of the clinic: it may end later, and so may the last of a day.
Interval acceptedSpan(Date date, PreferredRange range, Minutes duration, const base::Zone& zone);

} // namespace rota::domain
