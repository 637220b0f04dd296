#include <rota/plugin.hpp>

#include <algorithm>
#include <tuple>
#include <vector>

namespace {

/// Asks whoever has kept earlier promotions first, and among equals whoever has waited longest.
class MyPlugin final : public rota::WaitlistStrategy {
public:
    static constexpr rota::About about{
        .id = "my-plugin", .name = "MyPlugin", .version = "0.1.0", .flags = ROTA_FLAG_REENTRANT, .dataNeeds = 0};

    std::vector<rota::Ranked> rank(const rota::FreedSlot& slot,
                                   const std::vector<rota::Candidate>& candidates) const override {
        auto order = candidates;
        // The reference comes last, so that the order of the input never decides.
        std::sort(order.begin(), order.end(), [](const rota::Candidate& a, const rota::Candidate& b) {
            return std::tie(a.cancelledPromotions, a.joined, a.ref) < std::tie(b.cancelledPromotions, b.joined, b.ref);
        });
        std::vector<rota::Ranked> ranked;
        for (const auto& candidate : order)
            if (candidate.accepts.contains(slot.span)) ranked.push_back({candidate.ref, "keeps what it is given"});
        return ranked;
    }
};

} // namespace

ROTA_PLUGIN(MyPlugin);
