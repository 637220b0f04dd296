#include "app/local_rate_limiter.hpp"
#include "app/ports/errors.hpp"
#include "redis/redis_rate_limiter.hpp"
#include "support/redis_server.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace rota::redis {
namespace {

using namespace std::chrono_literals;

class RedisRateLimiterTest : public ::testing::Test {
protected:
    testing::RedisServer server_;
    RedisRateLimiter limiter_{{.url = server_.url()}};
};

TEST_F(RedisRateLimiterTest, TurnsComeOneBehindTheOther) {
    EXPECT_EQ(limiter_.take("main", 1, 1h), 0ms);
    for (int i = 1; i < 5; ++i) {
        const auto wait = limiter_.take("main", 1, 1h);
        EXPECT_LE(wait, i * 1s);
        EXPECT_GT(wait, i * 1s - 900ms);
    }
    EXPECT_EQ(limiter_.take("other", 1, 1h), 0ms) << "each channel at its own pace";
}

TEST_F(RedisRateLimiterTest, ATurnThatComesTooLateIsNotTaken) {
    limiter_.take("main", 0.5, 1h);
    for (int i = 0; i < 5; ++i)
        EXPECT_GT(limiter_.take("main", 0.5, 100ms), 100ms);
    EXPECT_LE(limiter_.take("main", 0.5, 1h), 2s) << "those took none";
}

TEST_F(RedisRateLimiterTest, AllProcessesKeepOnePaceTogether) {
    RedisRateLimiter another{{.url = server_.url()}};
    limiter_.take("main", 1, 1h);
    EXPECT_GT(another.take("main", 1, 1h), 0ms);
}

TEST_F(RedisRateLimiterTest, WithoutRedisEachKeepsItAlone) {
    app::SharedRateLimiter pace{limiter_};
    EXPECT_EQ(pace.take("main", 1, 1h), 0ms);
    server_.kill();
    EXPECT_THROW(limiter_.take("main", 1, 1h), app::QueueError);
    EXPECT_EQ(pace.take("main", 1, 1h), 0ms);
    EXPECT_GT(pace.take("main", 1, 1h), 500ms);
}

} // namespace
} // namespace rota::redis
