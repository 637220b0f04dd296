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
    /// A turn every 100 s, so that no delay of a busy machine is as long as one.
    static constexpr double kPerSecond = 0.01;
    static constexpr base::Milliseconds kTurn = 100s;
    static constexpr base::Milliseconds kSlow = 60s;

    base::Milliseconds take(base::Milliseconds most = 1h) { return limiter_.take("main", kPerSecond, most); }

    testing::RedisServer server_;
    RedisRateLimiter limiter_{{.url = server_.url()}};
};

TEST_F(RedisRateLimiterTest, TurnsComeOneBehindTheOther) {
    EXPECT_EQ(take(), 0ms);
    for (int i = 1; i < 5; ++i) {
        const auto wait = take();
        EXPECT_LE(wait, i * kTurn);
        EXPECT_GT(wait, i * kTurn - kSlow);
    }
    EXPECT_EQ(limiter_.take("other", kPerSecond, 1h), 0ms) << "each channel at its own pace";
}

TEST_F(RedisRateLimiterTest, ATurnThatComesTooLateIsNotTaken) {
    take();
    for (int i = 0; i < 5; ++i)
        EXPECT_GT(take(100ms), 100ms);
    EXPECT_LE(take(), kTurn) << "those took none";
}

TEST_F(RedisRateLimiterTest, WhoHasLittleTimeLeavesTheTurnsOfOthersAsTheyAre) {
    for (int i = 0; i < 10; ++i)
        take();
    EXPECT_GT(take(kTurn), 10 * kTurn - kSlow);
    EXPECT_GT(take(), 10 * kTurn - kSlow);
}

TEST_F(RedisRateLimiterTest, AllProcessesKeepOnePaceTogether) {
    RedisRateLimiter another{{.url = server_.url()}};
    take();
    EXPECT_GT(another.take("main", kPerSecond, 1h), kTurn - kSlow);
}

TEST_F(RedisRateLimiterTest, WithoutRedisEachKeepsItAlone) {
    app::SharedRateLimiter pace{limiter_};
    EXPECT_EQ(pace.take("main", kPerSecond, 1h), 0ms);
    server_.kill();
    EXPECT_THROW(take(), app::QueueError);
    EXPECT_EQ(pace.take("main", kPerSecond, 1h), 0ms);
    EXPECT_GT(pace.take("main", kPerSecond, 1h), kTurn - kSlow);
}

} // namespace
} // namespace rota::redis
