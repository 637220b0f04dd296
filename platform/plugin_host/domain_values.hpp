#pragma once

#include "base/interval.hpp"
#include "domain/appointment.hpp"

#include <rota/plugin.h>

/// Values of the domain as the contract writes them.
namespace rota::plugin_host {

inline std::uint32_t visitTypeOf(domain::VisitType type) {
    switch (type) {
    case domain::VisitType::FollowUp: return ROTA_VISIT_FOLLOW_UP;
    case domain::VisitType::Standard: return ROTA_VISIT_STANDARD;
    case domain::VisitType::NewPatient: return ROTA_VISIT_NEW_PATIENT;
    }
    return ROTA_VISIT_OTHER;
}

inline rota_span spanOf(const base::Interval& interval) {
    return {base::toUnixMs(interval.begin), base::toUnixMs(interval.end)};
}

inline base::Interval intervalOf(rota_span span) {
    return {base::fromUnixMs(span.begin_ms), base::fromUnixMs(span.end_ms)};
}

} // namespace rota::plugin_host
