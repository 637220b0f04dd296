#pragma once

#include "app/ports/rate_limiter.hpp"
#include "redis/redis_job_queue.hpp"

#include <memory>

namespace rota::redis {

/// One pace for all processes that use this server and prefix. Connects when it is first used. [thread-safe]
class RedisRateLimiter final : public app::RateLimiter {
public:
    explicit RedisRateLimiter(const RedisSettings& settings);
    ~RedisRateLimiter() override;
    RedisRateLimiter(const RedisRateLimiter&) = delete;
    RedisRateLimiter& operator=(const RedisRateLimiter&) = delete;

    base::Milliseconds take(const std::string& channel, double perSecond, base::Milliseconds most) override;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace rota::redis
