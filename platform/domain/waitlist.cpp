#include "domain/waitlist.hpp"

namespace rota::domain {

std::string_view toString(PreferredRange range) {
    switch (range) {
    case PreferredRange::Any: return "any";
    case PreferredRange::Morning: return "morning";
    case PreferredRange::Afternoon: return "afternoon";
    }
    return "";
}

std::optional<PreferredRange> parsePreferredRange(std::string_view text) {
    for (const auto range : {PreferredRange::Any, PreferredRange::Morning, PreferredRange::Afternoon})
        if (text == toString(range)) return range;
    return std::nullopt;
}

WaitlistHorizon waitlistHorizon(const WaitlistRules& rules, const base::Zone& zone, Instant now) {
    return {zone.toLocal(now).date, now - rules.expireAfter};
}

Interval acceptedSpan(Date date, PreferredRange range, Minutes duration, const base::Zone& zone) {
    const auto day = zone.day(date);
    const auto noon = zone.toUtcOrNext({date, std::chrono::hours{12}});
    const auto first = range == PreferredRange::Afternoon ? noon : day.begin;
    const auto startsBefore = range == PreferredRange::Morning ? noon : day.end;
    // Starts are whole minutes, so the last one that suits is a minute before.
    return {first, startsBefore - Minutes{1} + duration};
}

} // namespace rota::domain
