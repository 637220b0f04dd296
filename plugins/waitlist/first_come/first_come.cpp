#include <rota/plugin.hpp>

#include <algorithm>
#include <tuple>
#include <vector>

namespace {

/// Whoever has waited longest comes first.
class FirstCome final : public rota::WaitlistStrategy {
public:
    static constexpr rota::About about{.id = "first_come",
                                       .name = "First come, first served",
                                       .vendor = "Rota",
                                       .license = "Apache-2.0",
                                       .flags = ROTA_FLAG_REENTRANT,
                                       .dataNeeds = 0};

    std::vector<rota::Ranked> rank(const rota::FreedSlot& slot,
                                   const std::vector<rota::Candidate>& candidates) const override {
        std::vector<rota::Candidate> suited;
        std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(suited),
                     [&](const rota::Candidate& candidate) { return candidate.accepts.contains(slot.span); });
        // Entries of the same millisecond go by their reference, so that the order of the input never decides.
        std::sort(suited.begin(), suited.end(), [](const rota::Candidate& a, const rota::Candidate& b) {
            return std::tie(a.joined, a.ref) < std::tie(b.joined, b.ref);
        });
        std::vector<rota::Ranked> ranked;
        for (const auto& candidate : suited)
            ranked.push_back({candidate.ref, ranked.empty() ? "has waited longest" : "joined later"});
        return ranked;
    }
};

} // namespace

ROTA_PLUGIN(FirstCome);
