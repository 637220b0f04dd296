#include "redis/redis_rate_limiter.hpp"

#include "redis/connection_pool.hpp"

#include <chrono>
#include <cmath>

namespace rota::redis {

class RedisRateLimiter::Impl {
public:
    explicit Impl(const RedisSettings& settings)
        : pool(parseRedisUrl(settings.url)), prefix("{" + settings.keyPrefix + ":0}:rate:") {}

    ConnectionPool pool;
    const std::string prefix;
};

RedisRateLimiter::RedisRateLimiter(const RedisSettings& settings) : impl_(std::make_unique<Impl>(settings)) {}

RedisRateLimiter::~RedisRateLimiter() = default;

base::Milliseconds RedisRateLimiter::take(const std::string& channel, double perSecond, base::Milliseconds most) {
    const auto interval = std::llround(1e6 / perSecond);
    const auto longest = std::chrono::microseconds(most).count();
    const auto furthest = std::chrono::microseconds(kFurthest).count();
    const auto reply = impl_->pool.with([&](Connection& connection) {
        return connection.script("rate.lua", {impl_->prefix + channel},
                                 {std::to_string(interval), std::to_string(longest), std::to_string(furthest)});
    });
    return std::chrono::ceil<base::Milliseconds>(std::chrono::microseconds{reply.integer});
}

} // namespace rota::redis
