#include <rota/plugin.hpp>

#include <algorithm>
#include <chrono>
#include <vector>

namespace {

using namespace std::chrono_literals;

/// Offers every free stretch of the working hours, on a grid from each interval's start.
class Standard final : public rota::AvailabilityPolicy {
public:
    static constexpr rota::About about{.id = "standard",
                                       .name = "Standard hours",
                                       .vendor = "Rota",
                                       .license = "Apache-2.0",
                                       .flags = ROTA_FLAG_REENTRANT,
                                       .dataNeeds = 0};

    std::vector<rota::Span> slots(const rota::AvailabilityQuery& query) const override {
        const std::chrono::milliseconds step = std::min<std::chrono::milliseconds>(query.duration, 30min);
        std::vector<rota::Span> free;
        if (step <= 0ms) return free;
        for (const auto& open : query.open)
            for (auto start = open.begin; start + query.duration <= open.end; start += step)
                if (isFree(query, {start, start + query.duration})) free.push_back({start, start + query.duration});
        return free;
    }

    /// The grid is for offering only: any start will do that leaves the appointment within the hours and alone.
    rota::Verdict admit(const rota::AvailabilityQuery& query, rota::TimePoint start) const override {
        const rota::Span wanted{start, start + query.duration};
        const bool within = std::any_of(query.open.begin(), query.open.end(),
                                        [&](const rota::Span& open) { return open.contains(wanted); });
        if (!within) return {false, "outside the working hours"};
        if (!isFree(query, wanted)) return {false, "overlaps another appointment"};
        return {true, ""};
    }

private:
    static bool isFree(const rota::AvailabilityQuery& query, const rota::Span& wanted) {
        return std::none_of(query.busy.begin(), query.busy.end(),
                            [&](const rota::Busy& busy) { return busy.span.overlaps(wanted); });
    }
};

} // namespace

ROTA_PLUGIN(Standard);
