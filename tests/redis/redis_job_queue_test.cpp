#include "app/ports/errors.hpp"
#include "base/limits.hpp"
#include "redis/redis_job_queue.hpp"
#include "support/promised.hpp"
#include "support/redis_server.hpp"
#include "support/signal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <random>
#include <set>
#include <thread>

namespace rota::redis {
namespace {

using namespace std::chrono_literals;
using app::JobQueue;
using app::QueuedJob;
using app::QueueError;
using base::Instant;
using base::JobId;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::redisCommand;
using testing::RedisServer;
using testing::Signal;
using ::testing::UnorderedElementsAre;

const Instant kNow = base::fromUnixMs(1'773'150'000'000);

std::vector<JobId> jobIds(std::initializer_list<int> values) {
    std::vector<JobId> ids;
    for (const int value : values)
        ids.push_back(JobId{value});
    return ids;
}

std::vector<QueuedJob> jobsFrom(int first, int count, Instant runAt) {
    std::vector<QueuedJob> jobs;
    for (int i = 0; i < count; ++i)
        jobs.push_back({JobId{first + i}, runAt});
    return jobs;
}

void fill(JobQueue& queue, std::span<const QueuedJob> jobs) {
    const auto token = queue.beginRebuild();
    ASSERT_TRUE(queue.rebuildChunk(token, jobs));
    ASSERT_TRUE(queue.finishRebuild(token));
}

std::vector<JobId> claimed(JobQueue& queue, Instant now, std::size_t most = 100) {
    const auto claim = queue.claim(most, now, now + 30s);
    const auto* due = std::get_if<JobQueue::Due>(&claim);
    return due ? due->ids : std::vector<JobId>{};
}

bool needsRebuild(JobQueue& queue) {
    return std::holds_alternative<JobQueue::NeedsRebuild>(queue.claim(1, kNow, kNow + 30s));
}

/// One server for the whole suite, emptied before each test.
class RedisJobQueueTest : public ::testing::Test {
protected:
    static RedisServer& server() {
        static RedisServer only;
        return only;
    }

    void SetUp() override { redisCommand(server().url(), {"FLUSHALL"}); }

    RedisJobQueue queue{RedisSettings{server().url()}};
};

TEST_F(RedisJobQueueTest, AnEmptyServerWantsToBeFilled) {
    EXPECT_TRUE(needsRebuild(queue));
    fill(queue, {});
    EXPECT_FALSE(needsRebuild(queue));
}

TEST_F(RedisJobQueueTest, KeysCarryThePrefixAsTheirHashTag) {
    fill(queue, jobsFrom(1, 1, kNow));
    EXPECT_EQ(redisCommand(server().url(), {"ZSCORE", "{rota:0}:due", "1"}), std::to_string(base::toUnixMs(kNow)));
    EXPECT_EQ(redisCommand(server().url(), {"EXISTS", "{rota:0}:epoch"}), "1");
    EXPECT_EQ(redisCommand(server().url(), {"EXISTS", "{rota:0}:building"}), "0");
}

TEST_F(RedisJobQueueTest, PrefixesAndDatabasesKeepQueuesApart) {
    RedisJobQueue otherClinic({server().url(), "north"});
    RedisJobQueue otherDatabase({server().url("", 5)});
    fill(queue, jobsFrom(1, 1, kNow));
    fill(otherClinic, jobsFrom(2, 1, kNow));
    EXPECT_TRUE(needsRebuild(otherDatabase));
    EXPECT_THAT(claimed(queue, kNow), ElementsAre(JobId{1}));
    EXPECT_THAT(claimed(otherClinic, kNow), ElementsAre(JobId{2}));
}

TEST_F(RedisJobQueueTest, MillisecondsAndLargeIdsSurvive) {
    fill(queue, {});
    const JobId large{9'000'000'000'000'000'000};
    const std::vector<QueuedJob> jobs{{large, kNow + 1ms}};
    queue.add(jobs);
    const auto early = queue.claim(10, kNow, kNow + 30s);
    EXPECT_EQ(std::get<JobQueue::NothingDue>(early).next, kNow + 1ms);
    EXPECT_THAT(claimed(queue, kNow + 1ms), ElementsAre(large));
}

TEST_F(RedisJobQueueTest, AFlushAfterAnyStepIsSeenAtTheNextClaim) {
    const std::vector<std::function<void()>> steps{
        [&] { queue.add(jobsFrom(1, 3, kNow)); },
        [&] { claimed(queue, kNow); },
        [&] { queue.retry(jobsFrom(1, 1, kNow)); },
        [&] { queue.extend(jobIds({2}), kNow + 60s); },
        [&] { queue.ack(jobIds({3})); },
        [&] { queue.reap(kNow + 90s); },
        [&] { queue.cancel(jobIds({1})); },
    };
    for (std::size_t flushAfter = 0; flushAfter < steps.size(); ++flushAfter) {
        fill(queue, {});
        for (std::size_t i = 0; i < steps.size(); ++i) {
            steps[i]();
            if (i == flushAfter) redisCommand(server().url(), {"FLUSHALL"});
        }
        EXPECT_TRUE(needsRebuild(queue)) << "flushed after step " << flushAfter;
        fill(queue, jobsFrom(7, 1, kNow));
        EXPECT_THAT(claimed(queue, kNow), ::testing::Contains(JobId{7})) << "flushed after step " << flushAfter;
        redisCommand(server().url(), {"FLUSHALL"});
    }
}

TEST_F(RedisJobQueueTest, AFlushDuringARebuildMakesItFail) {
    auto token = queue.beginRebuild();
    EXPECT_TRUE(queue.rebuildChunk(token, jobsFrom(1, 1000, kNow)));
    redisCommand(server().url(), {"FLUSHALL"});
    EXPECT_FALSE(queue.rebuildChunk(token, jobsFrom(1001, 1000, kNow)));
    EXPECT_FALSE(queue.finishRebuild(token));
    EXPECT_EQ(redisCommand(server().url(), {"DBSIZE"}), "0") << "a failed chunk left something behind";

    token = queue.beginRebuild();
    EXPECT_TRUE(queue.rebuildChunk(token, jobsFrom(1, 1, kNow)));
    redisCommand(server().url(), {"FLUSHALL"});
    EXPECT_FALSE(queue.finishRebuild(token));
    EXPECT_TRUE(needsRebuild(queue));
}

TEST_F(RedisJobQueueTest, FlushesAtAnyMomentOfRebuildsNeverLeaveHalfAQueueForAWholeOne) {
    const auto jobs = jobsFrom(1, 2000, kNow + 1h);
    std::atomic<bool> done{false};
    std::thread flusher([&, random = std::mt19937(1)]() mutable {
        while (!done) {
            redisCommand(server().url(), {"FLUSHALL"});
            std::this_thread::sleep_for(std::chrono::milliseconds{random() % 20});
        }
    });
    int whole = 0;
    for (int i = 0; i < 200; ++i) {
        const auto token = queue.beginRebuild();
        bool ours = true;
        for (std::size_t at = 0; at < jobs.size() && ours; at += 200)
            ours = queue.rebuildChunk(token, std::span(jobs).subspan(at, 200));
        if (ours && queue.finishRebuild(token)) ++whole;
        // In one step, so that the flusher cannot come between: with an epoch, all are there.
        const auto state = redisCommand(server().url(),
                                        {"EVAL", "return {redis.call('EXISTS', KEYS[1]), redis.call('ZCARD', KEYS[2])}",
                                         "2", "{rota:0}:epoch", "{rota:0}:due"});
        EXPECT_TRUE(!state.starts_with("1\n") || state == "1\n2000") << state;
    }
    done = true;
    flusher.join();
    EXPECT_GT(whole, 0) << "or else nothing was tested";
}

TEST_F(RedisJobQueueTest, ARebuildThatIsOvertakenLearnsIt) {
    RedisJobQueue other{RedisSettings{server().url()}};
    const auto first = queue.beginRebuild();
    const auto second = other.beginRebuild();
    EXPECT_NE(first, second);
    EXPECT_FALSE(queue.rebuildChunk(first, jobsFrom(1, 1, kNow)));
    EXPECT_TRUE(other.rebuildChunk(second, jobsFrom(2, 1, kNow)));
    EXPECT_FALSE(queue.finishRebuild(first));
    EXPECT_TRUE(other.finishRebuild(second));
}

TEST_F(RedisJobQueueTest, AJobAddedDuringARebuildKeepsItsTime) {
    const auto token = queue.beginRebuild();
    queue.add(jobsFrom(1, 1, kNow + 2h));
    EXPECT_TRUE(queue.rebuildChunk(token, jobsFrom(1, 1, kNow)));
    EXPECT_TRUE(queue.finishRebuild(token));
    EXPECT_THAT(claimed(queue, kNow + 1h), IsEmpty());
    EXPECT_THAT(claimed(queue, kNow + 2h), ElementsAre(JobId{1}));
}

TEST_F(RedisJobQueueTest, WhatIsLeasedIsNotDisturbedByAddingItAgain) {
    fill(queue, jobsFrom(1, 1, kNow));
    EXPECT_THAT(claimed(queue, kNow), ElementsAre(JobId{1}));
    queue.add(jobsFrom(1, 2, kNow));
    fill(queue, jobsFrom(1, 1, kNow));
    EXPECT_THAT(claimed(queue, kNow), ElementsAre(JobId{2}));
}

TEST_F(RedisJobQueueTest, AnAckTouchesTheLeaseOnly) {
    fill(queue, jobsFrom(1, 1, kNow));
    claimed(queue, kNow);
    EXPECT_EQ(queue.reap(kNow + 30s), 1u);
    queue.ack(jobIds({1}));
    EXPECT_THAT(claimed(queue, kNow + 30s), ElementsAre(JobId{1})) << "an ack too late took a job that was due again";
}

TEST_F(RedisJobQueueTest, AnExtendedLeaseIsReapedLaterAndOneGivenBackIsNotLeasedAgain) {
    fill(queue, jobsFrom(1, 2, kNow));
    claimed(queue, kNow);
    queue.retry(jobsFrom(2, 1, kNow + 2h));
    queue.extend(jobIds({1, 2}), kNow + 60s);
    EXPECT_EQ(queue.reap(kNow + 59s), 0u);
    EXPECT_EQ(queue.reap(kNow + 60s), 1u);
    EXPECT_THAT(claimed(queue, kNow + 60s), ElementsAre(JobId{1}));
}

TEST_F(RedisJobQueueTest, ManyAtOnceGoInBatches) {
    fill(queue, {});
    queue.add(jobsFrom(1, 2500, kNow));
    std::set<JobId> all;
    for (auto ids = claimed(queue, kNow, 256); !ids.empty(); ids = claimed(queue, kNow, 256)) {
        EXPECT_LE(ids.size(), 256u);
        all.insert(ids.begin(), ids.end());
    }
    EXPECT_EQ(all.size(), 2500u);
    EXPECT_EQ(queue.reap(kNow + 30s), 2500u);
    EXPECT_EQ(queue.reap(kNow + 30s), 0u);
}

TEST_F(RedisJobQueueTest, ManyClaimersNeverGetTheSameId) {
    fill(queue, {});
    queue.add(jobsFrom(1, 5000, kNow));
    std::mutex mutex;
    std::vector<JobId> all;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            for (auto ids = claimed(queue, kNow, 37); !ids.empty(); ids = claimed(queue, kNow, 37)) {
                const std::lock_guard lock(mutex);
                all.insert(all.end(), ids.begin(), ids.end());
            }
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(all.size(), 5000u);
    EXPECT_EQ(std::set<JobId>(all.begin(), all.end()).size(), 5000u);
}

TEST_F(RedisJobQueueTest, AScriptFlushIsMadeGoodUnseen) {
    fill(queue, jobsFrom(1, 1, kNow));
    redisCommand(server().url(), {"SCRIPT", "FLUSH"});
    EXPECT_THAT(claimed(queue, kNow), ElementsAre(JobId{1}));
    queue.ack(jobIds({1}));
}

TEST_F(RedisJobQueueTest, AFullMemoryDoesNotStopClaimsAndIsARefusalForNewJobs) {
    fill(queue, jobsFrom(1, 300, kNow));
    redisCommand(server().url(), {"CONFIG", "SET", "maxmemory", "1"});
    EXPECT_EQ(claimed(queue, kNow, 300).size(), 300u);
    queue.ack(jobIds({1, 2}));
    queue.retry(jobsFrom(3, 5, kNow + 1h));
    queue.extend(jobIds({10}), kNow + 60s);
    EXPECT_EQ(queue.reap(kNow + 30s), 292u);
    EXPECT_THROW(queue.add(jobsFrom(1000, 1, kNow)), QueueError);
    redisCommand(server().url(), {"CONFIG", "SET", "maxmemory", "0"});
    EXPECT_NO_THROW(queue.add(jobsFrom(1000, 1, kNow))) << "a refusal must not count as a failed connection";
}

TEST_F(RedisJobQueueTest, AWaitingJobTakesAtMost120Bytes) {
    fill(queue, {});
    const auto used = [&] {
        const auto info = redisCommand(server().url(), {"INFO", "memory"});
        return std::stoll(info.substr(info.find("used_memory:") + 12));
    };
    constexpr int kJobs = 100'000;
    const auto before = used();
    for (int first = 0; first < kJobs; first += 10'000) {
        auto jobs = jobsFrom(1'000'000 + first, 10'000, kNow);
        for (std::size_t i = 0; i < jobs.size(); ++i)
            jobs[i].runAt += std::chrono::minutes((first + static_cast<int>(i)) % 100'000);
        queue.add(jobs);
    }
    const auto each = static_cast<double>(used() - before) / kJobs;
    const auto ofKey = std::stod(redisCommand(server().url(), {"MEMORY", "USAGE", "{rota:0}:due", "SAMPLES", "0"}));
    std::printf("           a waiting job takes %.1f bytes (MEMORY USAGE: %.1f)\n", each, ofKey / kJobs);
    EXPECT_LE(each, 120);
    EXPECT_LE(ofKey / kJobs, 120);
}

TEST_F(RedisJobQueueTest, AnEarlierJobWakesEveryProcess) {
    Signal ours;
    Signal theirs;
    RedisJobQueue other{RedisSettings{server().url()}};
    queue.onWake([&] { ours.raise(); });
    other.onWake([&] { theirs.raise(); });
    // Each is called once when it has subscribed.
    ASSERT_TRUE(ours.waitFor(1));
    ASSERT_TRUE(theirs.waitFor(1));

    queue.add(jobsFrom(1, 1, kNow + 1h));
    EXPECT_TRUE(ours.waitFor(2));
    EXPECT_TRUE(theirs.waitFor(2));
    queue.add(jobsFrom(2, 1, kNow + 2h)); // not earlier
    queue.add(jobsFrom(1, 1, kNow + 1h)); // no news
    queue.add(jobsFrom(3, 1, kNow));
    EXPECT_TRUE(theirs.waitFor(3));
    EXPECT_FALSE(theirs.waitFor(4, 50ms)) << "a hint for a job that is not the earliest";

    other.onWake({});
    queue.add(jobsFrom(4, 1, kNow - 1h));
    EXPECT_TRUE(ours.waitFor(4));
    EXPECT_EQ(theirs.count(), 3);
    queue.onWake({});
}

TEST(RedisJobQueueOutageTest, ARestartIsSurvivedAndAsksForARebuild) {
    RedisServer server;
    RedisJobQueue queue{RedisSettings{server.url()}};
    fill(queue, jobsFrom(1, 1, kNow));
    server.stop();
    server.start();
    EXPECT_TRUE(needsRebuild(queue)) << "the first call after a restart";
    fill(queue, jobsFrom(1, 1, kNow));
    EXPECT_THAT(claimed(queue, kNow), ElementsAre(JobId{1}));
}

TEST(RedisJobQueueOutageTest, AnOldSnapshotIsNotTakenForTheQueue) {
    RedisServer server({"--dbfilename", "old.rdb"});
    RedisJobQueue queue{RedisSettings{server.url()}};
    fill(queue, jobsFrom(1, 1, kNow));
    redisCommand(server.url(), {"SAVE"});
    queue.add(jobsFrom(2, 1, kNow));
    server.kill();
    server.start();
    EXPECT_EQ(redisCommand(server.url(), {"ZCARD", "{rota:0}:due"}), "1");
    EXPECT_TRUE(needsRebuild(queue));
}

TEST(RedisJobQueueOutageTest, ARebuildDoesNotOutliveItsServer) {
    RedisServer server({"--dbfilename", "old.rdb"});
    RedisJobQueue queue{RedisSettings{server.url()}};
    const auto token = queue.beginRebuild();
    redisCommand(server.url(), {"SAVE"});
    ASSERT_TRUE(queue.rebuildChunk(token, jobsFrom(1, 1000, kNow)));
    server.kill();
    server.start();
    EXPECT_FALSE(queue.rebuildChunk(token, jobsFrom(1001, 1, kNow)));
    EXPECT_FALSE(queue.finishRebuild(token));
}

TEST(RedisJobQueueOutageTest, ManyConnectionsSurviveARestart) {
    RedisServer server;
    RedisJobQueue queue{RedisSettings{server.url()}};
    const auto addFromManyThreads = [&] {
        std::atomic<int> failures{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < 16; ++i)
            threads.emplace_back([&, i] {
                for (int j = 0; j < 20; ++j)
                    try {
                        queue.add(jobsFrom(i * 100 + j, 1, kNow));
                    } catch (const QueueError&) {
                        ++failures;
                    }
            });
        for (auto& thread : threads)
            thread.join();
        return failures.load();
    };
    EXPECT_EQ(addFromManyThreads(), 0);
    server.kill();
    server.start();
    EXPECT_EQ(addFromManyThreads(), 0);
    EXPECT_EQ(redisCommand(server.url(), {"ZCARD", "{rota:0}:due"}), "320");
}

TEST(RedisJobQueueOutageTest, WhileDownCallsAreRefusedAtOnceAndSoonAfterItsReturnTheyWork) {
    RedisServer server;
    RedisJobQueue queue{RedisSettings{server.url()}};
    queue.ping();
    server.kill();
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 1000; ++i)
        EXPECT_THROW(queue.ping(), QueueError);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 1s);

    server.start();
    const auto back = std::chrono::steady_clock::now();
    for (;;)
        try {
            queue.ping();
            break;
        } catch (const QueueError&) {
            ASSERT_LT(std::chrono::steady_clock::now() - back, 5s);
            std::this_thread::sleep_for(5ms);
        }
    EXPECT_LT(std::chrono::steady_clock::now() - back, 1s);
}

TEST(RedisJobQueueOutageTest, AServerThatDoesNotAnswerHoldsUpOnlyTheFirst) {
    RedisServer server;
    RedisJobQueue queue{RedisSettings{server.url()}};
    queue.ping();
    server.freeze();
    auto begun = std::chrono::steady_clock::now();
    EXPECT_THROW(queue.ping(), QueueError);
    const auto first = std::chrono::steady_clock::now() - begun;
    EXPECT_GE(first, base::limits::kRedisCommandTimeout - 50ms);
    EXPECT_LT(first, base::limits::kRedisCommandTimeout + 1s);

    begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 100; ++i)
        EXPECT_THROW(queue.ping(), QueueError);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, testing::promised(150ms));

    server.thaw();
    std::this_thread::sleep_for(250ms);
    EXPECT_NO_THROW(queue.ping());
}

TEST(RedisJobQueueOutageTest, WakeUpsComeAgainAfterARestart) {
    RedisServer server;
    Signal signal;
    RedisJobQueue queue{RedisSettings{server.url()}};
    queue.onWake([&] { signal.raise(); });
    ASSERT_TRUE(signal.waitFor(1));
    server.kill();
    server.start();
    ASSERT_TRUE(signal.waitFor(2)) << "subscribed anew";
    queue.add(jobsFrom(1, 1, kNow));
    EXPECT_TRUE(signal.waitFor(3));
}

TEST(RedisJobQueueOutageTest, TheQueueEndsPromptlyWhileSubscribedOrDown) {
    RedisServer server;
    const auto timeToEnd = [&] {
        auto queue = std::make_unique<RedisJobQueue>(RedisSettings{server.url()});
        Signal signal;
        queue->onWake([&] { signal.raise(); });
        signal.waitFor(1, 200ms);
        const auto begun = std::chrono::steady_clock::now();
        queue.reset();
        return std::chrono::steady_clock::now() - begun;
    };
    EXPECT_LT(timeToEnd(), 500ms);
    server.kill();
    EXPECT_LT(timeToEnd(), 500ms);
}

TEST(RedisJobQueueLoginTest, PasswordAndDatabaseHoldAfterARestartToo) {
    RedisServer server({"--requirepass", "s3cret/word"});
    RedisJobQueue queue{RedisSettings{server.url("s3cret%2Fword", 4)}};
    fill(queue, {});
    EXPECT_EQ(redisCommand(server.url("s3cret%2Fword", 4), {"EXISTS", "{rota:0}:epoch"}), "1");
    server.kill();
    server.start();
    fill(queue, {});
    EXPECT_EQ(redisCommand(server.url("s3cret%2Fword", 4), {"EXISTS", "{rota:0}:epoch"}), "1");
}

TEST(RedisJobQueueLoginTest, AWrongPasswordIsAQueueErrorThatDoesNotTellIt) {
    RedisServer server({"--requirepass", "right"});
    RedisJobQueue queue{RedisSettings{server.url("hunter2")}};
    try {
        queue.ping();
        FAIL() << "got in with a wrong password";
    } catch (const QueueError& error) {
        EXPECT_THAT(error.what(), HasSubstr("WRONGPASS"));
        EXPECT_THAT(error.what(), ::testing::Not(HasSubstr("hunter2")));
    }
}

TEST(RedisJobQueueLoginTest, AServerThatIsNotThereIsAQueueErrorAtTheFirstCallOnly) {
    RedisServer server;
    const auto url = server.url();
    server.kill();
    RedisJobQueue queue{RedisSettings{url}};
    EXPECT_THROW(queue.add(jobsFrom(1, 1, kNow)), QueueError);
    EXPECT_THROW(RedisJobQueue(RedisSettings{"rediss://somewhere"}), std::invalid_argument);
}

} // namespace
} // namespace rota::redis
