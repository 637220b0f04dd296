#include "app/local_rate_limiter.hpp"

#include "app/ports/errors.hpp"

#include <algorithm>

namespace rota::app {

base::Milliseconds LocalRateLimiter::take(const std::string& channel, double perSecond, base::Milliseconds most) {
    const auto interval = std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(1.0 / perSecond));
    const std::lock_guard lock(mutex_);
    const auto now = now_();
    auto& free = free_[channel];
    free = std::max(free, now);
    const auto wait = std::chrono::ceil<base::Milliseconds>(free - now);
    if (wait <= most) free += interval;
    return wait;
}

base::Milliseconds SharedRateLimiter::take(const std::string& channel, double perSecond, base::Milliseconds most) {
    try {
        return shared_.take(channel, perSecond, most);
    } catch (const QueueError&) {
        return alone_.take(channel, perSecond, most);
    }
}

} // namespace rota::app
