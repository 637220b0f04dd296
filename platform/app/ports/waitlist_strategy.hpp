#pragma once

#include "app/ports/availability_policy.hpp"
#include "base/ids.hpp"
#include "base/interval.hpp"
#include "domain/appointment.hpp"
#include "domain/waitlist.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace rota::app {

using domain::PreferredRange;

/// A waitlist entry that could take the freed slot.
struct WaitlistCandidate {
    base::WaitlistId id;
    base::Instant joined;
    int priority = 0;
    PreferredRange prefers = PreferredRange::Any;
    int cancelledPromotions = 0;
    base::Interval accepts; ///< the span in which an appointment must lie to suit it
};

struct FreedSlot {
    base::Instant now;
    std::string zone; ///< of the clinic, as tzdata names it
    base::DoctorId doctor;
    domain::VisitType type = domain::VisitType::Standard; ///< of the appointment to be made
    base::Interval span;
};

struct RankedCandidate {
    base::WaitlistId id;
    std::string reason; ///< for the clinic; names nobody
};

/// In which order the waitlist is asked for a freed slot, by a plugin. A pure function of its arguments. Throws
/// PolicyError. [thread-safe]
class WaitlistStrategy {
public:
    virtual ~WaitlistStrategy() = default;
    /// Each candidate at most once; who is not named does not get this slot.
    virtual std::vector<RankedCandidate> rank(const FreedSlot& slot,
                                              std::span<const WaitlistCandidate> candidates) const = 0;
};

class WaitlistStrategies {
public:
    virtual ~WaitlistStrategies() = default;
    virtual std::shared_ptr<const WaitlistStrategy> strategyFor(base::DoctorId doctor) const = 0;
};

} // namespace rota::app
