#include <rota/plugin.hpp>

#include <algorithm>
#include <chrono>
#include <vector>

namespace {

using namespace std::chrono_literals;

/// Offers every free half hour that keeps a pause to the appointments beside it.
class MyPlugin final : public rota::AvailabilityPolicy {
public:
    static constexpr rota::About about{.id = "my-plugin",
                                       .name = "MyPlugin",
                                       .version = "0.1.0",
                                       .flags = ROTA_FLAG_REENTRANT,
                                       .dataNeeds = 0,
                                       .configSchema = R"({"type": "object", "properties": {
            "pause": {"type": "integer", "minimum": 0, "maximum": 120, "default": 10,
                      "title": "minutes between appointments"}}})"};

    void configure(const rota::Config& config) override { pause_ = std::chrono::minutes{config.integer("pause", 10)}; }

    std::vector<rota::Span> slots(const rota::AvailabilityQuery& query) const override {
        std::vector<rota::Span> offered;
        for (const auto& open : query.open)
            for (auto start = open.begin; start + query.duration <= open.end; start += 30min)
                if (admit(query, start).admitted) offered.push_back({start, start + query.duration});
        return offered;
    }

    /// Asked again when somebody books: whatever `slots` offers must be admitted here.
    rota::Verdict admit(const rota::AvailabilityQuery& query, rota::TimePoint start) const override {
        const rota::Span wanted{start, start + query.duration};
        const bool within = std::any_of(query.open.begin(), query.open.end(),
                                        [&](const rota::Span& open) { return open.contains(wanted); });
        if (!within) return {false, "outside the working hours"};
        const bool tooClose = std::any_of(query.busy.begin(), query.busy.end(), [&](const rota::Busy& busy) {
            return rota::Span{busy.span.begin - pause_, busy.span.end + pause_}.overlaps(wanted);
        });
        if (tooClose) return {false, "too close to another appointment"};
        return {true, ""};
    }

private:
    std::chrono::minutes pause_{0};
};

} // namespace

ROTA_PLUGIN(MyPlugin);
