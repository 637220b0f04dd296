#pragma once

#include "app/ports/rate_limiter.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace rota::app {

/// The pace of this process alone. By the machine's own measure of time: the wall clock may jump. [thread-safe]
class LocalRateLimiter final : public RateLimiter {
public:
    using Steady = std::chrono::steady_clock;
    explicit LocalRateLimiter(std::function<Steady::time_point()> now = [] { return Steady::now(); })
        : now_(std::move(now)) {}

    base::Milliseconds take(const std::string& channel, double perSecond, base::Milliseconds most) override;

private:
    const std::function<Steady::time_point()> now_;
    std::mutex mutex_;
    std::map<std::string, Steady::time_point> free_; ///< when each channel's next turn is
};

/// The pace that all processes keep together; each keeps it alone while what they share is away. [thread-safe]
class SharedRateLimiter final : public RateLimiter {
public:
    explicit SharedRateLimiter(RateLimiter& shared) : shared_(shared) {}

    base::Milliseconds take(const std::string& channel, double perSecond, base::Milliseconds most) override;

private:
    RateLimiter& shared_;
    LocalRateLimiter alone_;
};

} // namespace rota::app
