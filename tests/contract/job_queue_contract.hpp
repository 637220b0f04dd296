#pragma once

#include "app/ports/errors.hpp"
#include "app/ports/job_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

namespace rota::testing {

/// An empty queue of one kind, and how it loses everything.
class QueueUnderTest {
public:
    virtual ~QueueUnderTest() = default;
    virtual app::JobQueue& queue() = 0;
    /// As FLUSHALL.
    virtual void flush() = 0;
};

struct QueueFactory {
    std::string name;
    std::function<std::unique_ptr<QueueUnderTest>()> make;

    friend void PrintTo(const QueueFactory& factory, std::ostream* out) { *out << factory.name; }
};

inline std::string queueName(const ::testing::TestParamInfo<QueueFactory>& info) {
    return info.param.name;
}

/// What every JobQueue promises. Include once in a program and instantiate.
class JobQueueContract : public ::testing::TestWithParam<QueueFactory> {
protected:
    JobQueueContract() : made_(GetParam().make()) {}

    app::JobQueue& queue() { return made_->queue(); }

    void rebuild(const std::vector<app::QueuedJob>& jobs = {}) {
        const auto token = queue().beginRebuild();
        ASSERT_TRUE(queue().rebuildChunk(token, jobs));
        ASSERT_TRUE(queue().finishRebuild(token));
    }

    void add(base::JobId id, base::Instant runAt) { queue().add(std::vector<app::QueuedJob>{{id, runAt}}); }

    std::vector<base::JobId> due(base::Instant now, std::size_t most = 100) {
        const auto claim = queue().claim(most, now, now + kLease);
        EXPECT_FALSE(std::holds_alternative<app::JobQueue::NeedsRebuild>(claim));
        const auto* ids = std::get_if<app::JobQueue::Due>(&claim);
        return ids ? ids->ids : std::vector<base::JobId>{};
    }

    std::optional<base::Instant> next(base::Instant now) {
        return std::get<app::JobQueue::NothingDue>(queue().claim(1, now, now + kLease)).next;
    }

    bool needsRebuild(base::Instant now) {
        return std::holds_alternative<app::JobQueue::NeedsRebuild>(queue().claim(1, now, now + kLease));
    }

    /// Whether `give`, called with 1, 2, 3, …, wakes. A hint may be lost, the first ones while the subscription is
    /// under way: so it is given until it arrives.
    bool wakes(const std::function<void(int)>& give) {
        std::atomic<int> woken{0};
        queue().onWake([&] { ++woken; });
        for (int i = 1; i <= 100 && woken == 0; ++i) {
            give(i);
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
        }
        queue().onWake({});
        return woken > 0;
    }

    using Ids = std::vector<base::JobId>;

    static constexpr base::Milliseconds kLease = std::chrono::seconds{30};
    static inline const base::Instant kNow = base::fromUnixMs(1'773'144'000'123);
    static constexpr base::Milliseconds kSecond{1000};

    std::unique_ptr<QueueUnderTest> made_;
};

TEST_P(JobQueueContract, AnEmptyQueueAsksToBeFilled) {
    EXPECT_TRUE(needsRebuild(kNow));
    add({1}, kNow);
    EXPECT_TRUE(needsRebuild(kNow)) << "others may be missing";
    rebuild({{{2}, kNow}});
    EXPECT_EQ(due(kNow).size(), 2u) << "what was added before the rebuild is kept";
}

TEST_P(JobQueueContract, GivesWhatIsDueTheEarliestFirst) {
    rebuild();
    add({3}, kNow);
    add({1}, kNow - kSecond);
    add({2}, kNow - 2 * kSecond);
    add({4}, kNow + base::Milliseconds{1});
    EXPECT_EQ(due(kNow, 2), (Ids{{2}, {1}}));
    EXPECT_EQ(due(kNow, 2), (Ids{{3}}));
    EXPECT_EQ(next(kNow), kNow + base::Milliseconds{1});
    EXPECT_EQ(due(kNow + base::Milliseconds{1}), (Ids{{4}}));
    EXPECT_FALSE(next(kNow + base::Milliseconds{1}));
}

TEST_P(JobQueueContract, AddingAgainMoves) {
    rebuild();
    add({7}, kNow);
    add({7}, kNow + kSecond);
    EXPECT_EQ(next(kNow), kNow + kSecond);
    EXPECT_EQ(due(kNow + kSecond), (Ids{{7}}));
    EXPECT_TRUE(due(kNow + kSecond).empty());
}

TEST_P(JobQueueContract, IdsOf64BitsSurvive) {
    rebuild();
    const base::JobId large{(std::int64_t{1} << 53) + 1};
    add(large, kNow);
    EXPECT_EQ(due(kNow), Ids{large});
}

TEST_P(JobQueueContract, CancelledJobsAreNotGiven) {
    rebuild();
    queue().add(std::vector<app::QueuedJob>{{{1}, kNow}, {{2}, kNow}, {{3}, kNow}});
    queue().cancel(Ids{{1}, {3}, {99}});
    EXPECT_EQ(due(kNow), (Ids{{2}}));
}

TEST_P(JobQueueContract, NothingToDoIsNoError) {
    rebuild();
    queue().add({});
    queue().cancel({});
    queue().ack({});
    queue().retry({});
    queue().extend({}, kNow);
    EXPECT_TRUE(queue().rebuildChunk(queue().beginRebuild(), {}));
}

TEST_P(JobQueueContract, ManyAtOnce) {
    std::vector<app::QueuedJob> jobs;
    for (int i = 1; i <= 5000; ++i)
        jobs.push_back({{i}, kNow + base::Milliseconds{i % 7}});
    rebuild();
    queue().add(jobs);
    std::size_t given = 0;
    for (auto ids = due(kNow + kSecond, 256); !ids.empty(); ids = due(kNow + kSecond, 256)) {
        EXPECT_LE(ids.size(), 256u);
        given += ids.size();
        queue().ack(ids);
    }
    EXPECT_EQ(given, jobs.size());
}

TEST_P(JobQueueContract, LeasedJobsAreNotGivenAgainUntilTheLeaseRunsOut) {
    rebuild();
    add({1}, kNow);
    EXPECT_EQ(due(kNow), (Ids{{1}}));
    EXPECT_TRUE(due(kNow).empty());
    EXPECT_EQ(queue().reap(kNow + kLease - base::Milliseconds{1}), 0u);
    EXPECT_EQ(queue().reap(kNow + kLease + base::Milliseconds{1}), 1u);
    EXPECT_EQ(due(kNow + kLease + base::Milliseconds{1}), (Ids{{1}}));
}

TEST_P(JobQueueContract, AckedJobsAreForgotten) {
    rebuild();
    add({1}, kNow);
    queue().ack(due(kNow));
    EXPECT_EQ(queue().reap(kNow + 2 * kLease), 0u);
    EXPECT_TRUE(due(kNow + 2 * kLease).empty());
}

TEST_P(JobQueueContract, AckForgetsTheLeaseOnly) {
    rebuild();
    add({1}, kNow);
    due(kNow);
    queue().reap(kNow + kLease);
    queue().ack(Ids{{1}});
    EXPECT_EQ(due(kNow + kLease), (Ids{{1}})) << "an ack that comes too late";
}

TEST_P(JobQueueContract, AddingWhatIsLeasedChangesNothing) {
    rebuild();
    add({1}, kNow);
    EXPECT_EQ(due(kNow), (Ids{{1}}));
    add({1}, kNow);
    EXPECT_TRUE(due(kNow).empty());
    rebuild({{{1}, kNow}});
    EXPECT_TRUE(due(kNow).empty());
    queue().ack(Ids{{1}});
    EXPECT_EQ(queue().reap(kNow + 2 * kLease), 0u);
}

TEST_P(JobQueueContract, RetriedJobsAreDueAtTheirTime) {
    rebuild();
    add({1}, kNow);
    due(kNow);
    queue().retry(std::vector<app::QueuedJob>{{{1}, kNow + kSecond}});
    EXPECT_EQ(next(kNow), kNow + kSecond);
    EXPECT_EQ(queue().reap(kNow + 2 * kLease), 0u) << "no longer leased";
    EXPECT_EQ(due(kNow + kSecond), (Ids{{1}}));
}

TEST_P(JobQueueContract, ExtendedLeasesLastLonger) {
    rebuild();
    add({1}, kNow);
    due(kNow);
    queue().extend(Ids{{1}, {2}}, kNow + 3 * kLease);
    EXPECT_EQ(queue().reap(kNow + 2 * kLease), 0u);
    EXPECT_EQ(queue().reap(kNow + 4 * kLease), 1u) << "what was not leased is not leased by it";
}

TEST_P(JobQueueContract, AFlushedQueueAsksToBeFilledAgain) {
    rebuild();
    add({1}, kNow);
    made_->flush();
    EXPECT_TRUE(needsRebuild(kNow));
    rebuild({{{1}, kNow}});
    EXPECT_EQ(due(kNow), (Ids{{1}}));
}

TEST_P(JobQueueContract, ARebuildEndsWhereTheQueueIsFlushedMeanwhile) {
    const std::vector<app::QueuedJob> jobs{{{1}, kNow}};
    const auto token = queue().beginRebuild();
    ASSERT_TRUE(queue().rebuildChunk(token, jobs));
    made_->flush();
    EXPECT_FALSE(queue().rebuildChunk(token, jobs));
    EXPECT_FALSE(queue().finishRebuild(token));
    EXPECT_TRUE(needsRebuild(kNow));
}

TEST_P(JobQueueContract, ALaterRebuildTakesOver) {
    const auto first = queue().beginRebuild();
    const auto second = queue().beginRebuild();
    EXPECT_NE(first, second);
    EXPECT_FALSE(queue().rebuildChunk(first, {}));
    EXPECT_FALSE(queue().finishRebuild(first));
    EXPECT_TRUE(queue().finishRebuild(second));
    EXPECT_FALSE(needsRebuild(kNow));
}

TEST_P(JobQueueContract, ARebuildMovesNoJobThatWasAddedMeanwhile) {
    const auto token = queue().beginRebuild();
    add({1}, kNow + kSecond);
    ASSERT_TRUE(queue().rebuildChunk(token, std::vector<app::QueuedJob>{{{1}, kNow}}));
    ASSERT_TRUE(queue().finishRebuild(token));
    EXPECT_EQ(next(kNow), kNow + kSecond);
}

TEST_P(JobQueueContract, AnEarlierJobWakes) {
    rebuild();
    add({1}, kNow + std::chrono::hours{1});
    EXPECT_TRUE(wakes([&](int i) { add({1}, kNow + std::chrono::hours{1} - i * kSecond); }));
}

TEST_P(JobQueueContract, SoDoesOneThatIsPutBack) {
    rebuild();
    EXPECT_TRUE(wakes([&](int i) { queue().retry(std::vector<app::QueuedJob>{{{1}, kNow - i * kSecond}}); }));
}

TEST_P(JobQueueContract, SoDoesOneWhoseLeaseRanOut) {
    rebuild();
    EXPECT_TRUE(wakes([&](int) {
        add({1}, kNow);
        due(kNow);
        queue().reap(kNow + 2 * kLease);
        due(kNow + 2 * kLease);
        queue().ack(Ids{{1}});
    }));
}

TEST_P(JobQueueContract, SoDoesTheEndOfARebuild) {
    EXPECT_TRUE(wakes([&](int) { rebuild({{{1}, kNow}}); }));
}

TEST_P(JobQueueContract, WhileItIsRebuiltItGivesWhatItHas) {
    rebuild({{{1}, kNow}});
    queue().beginRebuild();
    EXPECT_EQ(due(kNow), (Ids{{1}}));
}

TEST_P(JobQueueContract, ACancelledJobHasNoLeaseEither) {
    rebuild({{{1}, kNow}});
    due(kNow);
    queue().cancel(Ids{{1}});
    EXPECT_EQ(queue().reap(kNow + 2 * kLease), 0u);
}

TEST_P(JobQueueContract, Answers) {
    EXPECT_NO_THROW(queue().ping());
}

} // namespace rota::testing
