#include "plugin_host/call_meter.hpp"

#include <algorithm>
#include <cmath>

namespace rota::plugin_host {
namespace {

constexpr double kStepsADoubling = 4;

/// The longest time that counts into that step.
std::chrono::microseconds upperBound(std::size_t step) {
    return std::chrono::microseconds{std::llround(std::exp2(static_cast<double>(step + 1) / kStepsADoubling))};
}

} // namespace

void CallMeter::record(Duration took, bool failed) {
    const auto microseconds = std::chrono::duration<double, std::micro>(took).count();
    const auto step = std::floor(std::log2(std::max(microseconds, 1.0)) * kStepsADoubling);
    steps_[std::min(static_cast<std::size_t>(step), kSteps - 1)].fetch_add(1, std::memory_order_relaxed);
    if (failed) errors_.fetch_add(1, std::memory_order_relaxed);
}

CallMeter::Reading CallMeter::read() const {
    Reading reading;
    std::array<std::uint64_t, kSteps> counts{};
    for (std::size_t i = 0; i < kSteps; ++i)
        reading.calls += counts[i] = steps_[i].load(std::memory_order_relaxed);
    reading.errors = errors_.load(std::memory_order_relaxed);

    const auto within = [&](double share) {
        const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(reading.calls)));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < kSteps; ++i)
            if ((seen += counts[i]) >= wanted) return upperBound(i);
        return std::chrono::microseconds{0};
    };
    if (reading.calls > 0) {
        reading.p50 = within(0.5);
        reading.p99 = within(0.99);
    }
    return reading;
}

} // namespace rota::plugin_host
