#pragma once

#include "app/ports/waitlist_strategy.hpp"

#include <algorithm>
#include <tuple>

namespace rota::testing {

/// Whoever has waited longest comes first, for every doctor, as the plugin first_come has it.
class OldestFirst final : public app::WaitlistStrategy, public app::WaitlistStrategies {
public:
    std::vector<app::RankedCandidate> rank(const app::FreedSlot& slot,
                                           std::span<const app::WaitlistCandidate> candidates) const override {
        std::vector<app::WaitlistCandidate> suited;
        for (const auto& candidate : candidates)
            if (candidate.accepts.contains(slot.span)) suited.push_back(candidate);
        std::ranges::sort(
            suited, [](const auto& a, const auto& b) { return std::tie(a.joined, a.id) < std::tie(b.joined, b.id); });
        std::vector<app::RankedCandidate> ranked;
        for (const auto& candidate : suited)
            ranked.push_back({candidate.id, "has waited longest"});
        return ranked;
    }

    std::shared_ptr<const app::WaitlistStrategy> strategyFor(base::DoctorId) const override {
        return std::make_shared<OldestFirst>();
    }
};

} // namespace rota::testing
