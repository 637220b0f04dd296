#include <rota/plugin.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <tuple>
#include <vector>

namespace {

/// Whom the clinic called more urgent comes first, and among equals whoever has waited longest.
class Priority final : public rota::WaitlistStrategy {
public:
    static constexpr rota::About about{.id = "priority",
                                       .name = "Clinical priority, then time",
                                       .vendor = "Rota",
                                       .license = "Apache-2.0",
                                       .flags = ROTA_FLAG_REENTRANT,
                                       .dataNeeds = 0};

    std::vector<rota::Ranked> rank(const rota::FreedSlot& slot,
                                   const std::vector<rota::Candidate>& candidates) const override {
        std::vector<rota::Candidate> suited;
        std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(suited),
                     [&](const rota::Candidate& candidate) { return candidate.accepts.contains(slot.span); });
        std::sort(suited.begin(), suited.end(), [](const rota::Candidate& a, const rota::Candidate& b) {
            return std::tie(b.priority, a.joined, a.ref) < std::tie(a.priority, b.joined, b.ref);
        });
        std::vector<rota::Ranked> ranked;
        for (const auto& candidate : suited)
            ranked.push_back({candidate.ref, "priority " + std::to_string(candidate.priority)});
        return ranked;
    }
};

} // namespace

ROTA_PLUGIN(Priority);
