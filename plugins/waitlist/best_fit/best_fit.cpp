#include <rota/plugin.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <tuple>
#include <vector>

namespace {

/// After how long a wait counts half of what an endless one would.
constexpr std::chrono::hours kHalfWait{7 * 24};

/// Weighs three things, each between 0 and 1, and none of them compared with the other candidates: whether earlier
/// promotions were kept, how few other times would suit, and how long the wait has been.
class BestFit final : public rota::WaitlistStrategy {
public:
    static constexpr rota::About about{.id = "best_fit",
                                       .name = "Best fit by weights",
                                       .vendor = "Rota",
                                       .license = "Apache-2.0",
                                       .flags = ROTA_FLAG_REENTRANT,
                                       .dataNeeds = 0,
                                       .configSchema = R"({"type": "object", "properties": {
        "kept_weight": {"type": "number", "minimum": 0, "maximum": 1000, "default": 3,
                        "title": "Few promotions cancelled again"},
        "narrow_weight": {"type": "number", "minimum": 0, "maximum": 1000, "default": 2,
                          "title": "A narrow preference"},
        "wait_weight": {"type": "number", "minimum": 0, "maximum": 1000, "default": 1, "title": "A long wait"}}})"};

    void configure(const rota::Config& config) override {
        keptWeight_ = config.number("kept_weight", 3);
        narrowWeight_ = config.number("narrow_weight", 2);
        waitWeight_ = config.number("wait_weight", 1);
    }

    std::vector<rota::Ranked> rank(const rota::FreedSlot& slot,
                                   const std::vector<rota::Candidate>& candidates) const override {
        std::vector<Scored> suited;
        for (const auto& candidate : candidates)
            if (candidate.accepts.contains(slot.span)) suited.push_back({scoreOf(slot, candidate), &candidate});
        std::sort(suited.begin(), suited.end(), [](const Scored& a, const Scored& b) {
            return std::tie(b.score, a.candidate->joined, a.candidate->ref) <
                   std::tie(a.score, b.candidate->joined, b.candidate->ref);
        });
        std::vector<rota::Ranked> ranked;
        for (const auto& scored : suited)
            ranked.push_back({scored.candidate->ref, reason(slot, scored)});
        return ranked;
    }

private:
    struct Scored {
        double score;
        const rota::Candidate* candidate;
    };

    double scoreOf(const rota::FreedSlot& slot, const rota::Candidate& candidate) const {
        const double kept = 1.0 / (1.0 + candidate.cancelledPromotions);
        const double narrow = length(slot.span) / length(candidate.accepts);
        const double waited = std::max(milliseconds(slot.now - candidate.joined), 0.0);
        const double wait = waited / (waited + milliseconds(kHalfWait));
        return keptWeight_ * kept + narrowWeight_ * narrow + waitWeight_ * wait;
    }

    static std::string reason(const rota::FreedSlot& slot, const Scored& scored) {
        const auto days = std::chrono::floor<std::chrono::days>(slot.now - scored.candidate->joined).count();
        return "score " + std::to_string(scored.score).substr(0, 5) + ": " +
               std::to_string(scored.candidate->cancelledPromotions) + " promotions cancelled again, waiting for " +
               std::to_string(days) + " days";
    }

    static double milliseconds(std::chrono::milliseconds duration) { return static_cast<double>(duration.count()); }
    /// Never 0: an empty span, which contains nothing, would divide by it.
    static double length(const rota::Span& span) { return std::max(milliseconds(span.end - span.begin), 1.0); }

    double keptWeight_ = 0;
    double narrowWeight_ = 0;
    double waitWeight_ = 0;
};

} // namespace

ROTA_PLUGIN(BestFit);
