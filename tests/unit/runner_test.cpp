#include "support/example_times.hpp"
#include "support/manual_clock.hpp"
#include "support/worker_clinic.hpp"
#include "worker/runner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace rota::worker {
namespace {

using namespace std::chrono_literals;
using app::JobOutcome;
using app::QueuedJob;
using base::JobId;
using rota::testing::kNow;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::JobState;
using ::testing::Pair;
using ::testing::SizeIs;

class RunnerTest : public ::testing::Test {
protected:
    /// Rows that are due, in the queue, and leased there.
    std::vector<JobId> leased(int count, domain::JobKind kind = domain::JobKind::EmailReminder) {
        std::vector<QueuedJob> jobs;
        for (int i = 0; i < count; ++i)
            jobs.push_back(clinic.addRow(kNow, kind));
        clinic.queue.add(jobs);
        fill(clinic.queue);
        return std::get<app::JobQueue::Due>(clinic.queue.claim(10'000, kNow, kNow + 30s)).ids;
    }
    /// Stops it, so that all that it does is done.
    void settle(Runner& runner) {
        clinic.openGate();
        runner.stop();
    }
    std::size_t leasesLeft() { return clinic.queue.reap(kNow + 1h); }

    testing::ManualClock clock{kNow};
    testing::WorkerClinic clinic{kNow};
};

TEST_F(RunnerTest, RunsEachJobOnceAndForgetsItInTheQueue) {
    Runner runner(clinic.store, clinic.queue, clock, clinic.handlers(), 4);
    const auto ids = leased(300);
    runner.start();
    runner.offer(ids);
    ASSERT_TRUE(clinic.store.finished.waitFor(300));
    settle(runner);
    EXPECT_THAT(clinic.handled(), AllOf(SizeIs(300), Each(Pair(::testing::_, 1))));
    EXPECT_EQ(clinic.count(JobState::Sent), 300u);
    EXPECT_EQ(leasesLeft(), 0u);
}

TEST_F(RunnerTest, ClaimsRowsOnlyForFreeSenders) {
    Runner runner(clinic.store, clinic.queue, clock, clinic.handlers(), 3);
    clinic.shutGate();
    runner.start();
    runner.offer(leased(10));
    ASSERT_TRUE(clinic.begun.waitFor(3));
    EXPECT_EQ(clinic.count(JobState::Running), 3u);
    EXPECT_THAT(runner.waiting(), SizeIs(7));
    clinic.openGate();
    EXPECT_TRUE(clinic.store.finished.waitFor(10));
}

TEST_F(RunnerTest, ASlowSendDoesNotHoldUpTheOthers) {
    auto handlers = clinic.handlers();
    testing::Signal release;
    handlers[domain::JobKind::SmsReminder] = [&](const app::ClaimedJob&) {
        release.waitFor(1);
        app::JobResult result;
        result.outcome = JobOutcome::Sent;
        return result;
    };
    Runner runner(clinic.store, clinic.queue, clock, handlers, 2);
    runner.start();
    runner.offer(leased(1, domain::JobKind::SmsReminder));
    runner.offer(leased(50));
    EXPECT_TRUE(clinic.store.finished.waitFor(50));
    release.raise();
    EXPECT_TRUE(clinic.store.finished.waitFor(51));
}

TEST_F(RunnerTest, AtAStopSendsUnderWayAreRecordedAndTheRestGivenBack) {
    Runner runner(clinic.store, clinic.queue, clock, clinic.handlers(), 2);
    clinic.shutGate();
    runner.start();
    runner.offer(leased(10));
    ASSERT_TRUE(clinic.begun.waitFor(2));
    std::thread stopping([&] { runner.stop(); });
    // The leased ids go back before the senders have ended.
    while (clinic.queue.due().size() < 8)
        std::this_thread::yield();
    EXPECT_EQ(clinic.count(JobState::Running), 2u);
    clinic.openGate();
    stopping.join();
    EXPECT_EQ(clinic.count(JobState::Sent), 2u);
    EXPECT_EQ(clinic.count(JobState::Scheduled), 8u);
    EXPECT_EQ(leasesLeft(), 0u);
}

TEST_F(RunnerTest, RowsClaimedWhenItStopsAreReleasedUnsent) {
    Runner runner(clinic.store, clinic.queue, clock, clinic.handlers(), 4);
    testing::Signal claimed;
    testing::Signal goOn;
    clinic.store.afterClaim = [&] {
        claimed.raise();
        goOn.waitFor(1);
    };
    const auto ids = leased(4);
    runner.offer(ids);
    runner.start();
    ASSERT_TRUE(claimed.waitFor(1));
    std::thread stopping([&] { runner.stop(); });
    while (runner.room() > 0)
        std::this_thread::yield();
    goOn.raise();
    stopping.join();
    EXPECT_THAT(clinic.handled(), IsEmpty());
    EXPECT_EQ(clinic.count(JobState::Scheduled), 4u);
    EXPECT_EQ(clinic.row(ids[0]).attempt, 0);
    EXPECT_THAT(clinic.queue.due(), SizeIs(4));
    EXPECT_EQ(leasesLeft(), 0u);
}

TEST_F(RunnerTest, ARowWhoseLeaseIsNearlyOverIsNotSent) {
    Runner runner(clinic.store, clinic.queue, clock, clinic.handlers(), 1);
    // As if the process had been stopped, or the machine had slept, right after the claim.
    clinic.store.afterClaim = [&] { clock.advance(base::limits::kJobLease - base::limits::kSendAndRecord + 1ms); };
    const auto ids = leased(1);
    runner.start();
    runner.offer(ids);
    while (clinic.queue.due().empty())
        std::this_thread::yield();
    settle(runner);
    EXPECT_THAT(clinic.handled(), IsEmpty());
    EXPECT_EQ(clinic.state(ids[0]), JobState::Scheduled);
}

TEST_F(RunnerTest, WhatIsStillToComeGoesBackAndWhatIsOverIsForgotten) {
    Runner runner(clinic.store, clinic.queue, clock, clinic.handlers(), 4);
    auto ids = leased(2);
    clinic.database.transaction([&](testing::InMemoryTables& tables) {
        tables.jobs.at(ids[0]).runAt = kNow + 1h;
        tables.jobs.at(ids[1]).state = JobState::Sent;
    });
    runner.start();
    runner.offer(ids);
    while (clinic.queue.due().empty())
        std::this_thread::yield();
    settle(runner);
    EXPECT_THAT(clinic.queue.due(), ElementsAre(Pair(ids[0], kNow + 1h)));
    EXPECT_THAT(clinic.handled(), IsEmpty());
    EXPECT_EQ(leasesLeft(), 0u);
}

TEST_F(RunnerTest, WhileTheDatabaseIsAwayNothingIsSentAndNothingLost) {
    Runner runner(clinic.store, clinic.queue, clock, clinic.handlers(), 4);
    clinic.store.failing = true;
    runner.start();
    runner.offer(leased(20));
    while (clinic.store.failures == 0)
        std::this_thread::yield();
    EXPECT_THAT(clinic.handled(), IsEmpty());
    clinic.store.failing = false;
    ASSERT_TRUE(clinic.store.finished.waitFor(20));
    EXPECT_THAT(clinic.handled(), AllOf(SizeIs(20), Each(Pair(::testing::_, 1))));
    EXPECT_LT(clinic.store.failures, 10) << "a busy loop";
}

TEST_F(RunnerTest, AResultThatCannotBeRecordedNowIsRecordedLaterAndNotSentAgain) {
    Runner runner(clinic.store, clinic.queue, clock, clinic.handlers(), 4);
    clinic.shutGate();
    runner.start();
    runner.offer(leased(4));
    ASSERT_TRUE(clinic.begun.waitFor(4));
    clinic.store.failing = true;
    clinic.openGate();
    while (clinic.store.failures == 0)
        std::this_thread::yield();
    clinic.store.failing = false;
    ASSERT_TRUE(clinic.store.finished.waitFor(4));
    settle(runner);
    EXPECT_THAT(clinic.handled(), AllOf(SizeIs(4), Each(Pair(::testing::_, 1))));
    EXPECT_EQ(clinic.count(JobState::Sent), 4u);
}

TEST_F(RunnerTest, ARowThatNoStatementCanDealWithHarmsNoOther) {
    Runner runner(clinic.store, clinic.queue, clock, clinic.handlers(), 16);
    const auto ids = leased(16);
    clinic.store.poisonous = ids[5].value;
    runner.offer(ids);
    runner.start();
    EXPECT_TRUE(clinic.store.finished.waitFor(15));
    settle(runner);
    EXPECT_EQ(clinic.count(JobState::Sent), 15u);
    EXPECT_EQ(clinic.state(ids[5]), JobState::Scheduled);
}

TEST_F(RunnerTest, AResultThatCannotBeRecordedHarmsNoOther) {
    Runner runner(clinic.store, clinic.queue, clock, clinic.handlers(), 16);
    clinic.shutGate();
    const auto ids = leased(16);
    runner.start();
    runner.offer(ids);
    ASSERT_TRUE(clinic.begun.waitFor(16));
    clinic.store.poisonous = ids[5].value;
    clinic.openGate();
    EXPECT_TRUE(clinic.store.finished.waitFor(15));
    settle(runner);
    EXPECT_EQ(clinic.count(JobState::Sent), 15u);
    EXPECT_EQ(clinic.state(ids[5]), JobState::Running) << "its lease will run out";
}

TEST_F(RunnerTest, WithoutTheQueueResultsAreRecordedAllTheSame) {
    Runner runner(clinic.store, clinic.queue, clock, clinic.handlers(), 4);
    const auto ids = leased(20);
    clinic.queue.setFailing(true);
    runner.start();
    runner.offer(ids);
    EXPECT_TRUE(clinic.store.finished.waitFor(20));
    settle(runner);
    EXPECT_EQ(clinic.count(JobState::Sent), 20u);
}

TEST_F(RunnerTest, ARetryGoesBackToTheQueueAtItsTime) {
    JobHandlers handlers{{domain::JobKind::EmailReminder, [&](const app::ClaimedJob&) {
                              app::JobResult result;
                              result.outcome = JobOutcome::Retry;
                              result.runAgainAt = kNow + 1h;
                              return result;
                          }}};
    Runner runner(clinic.store, clinic.queue, clock, handlers, 1);
    const auto ids = leased(1);
    runner.start();
    runner.offer(ids);
    ASSERT_TRUE(clinic.store.finished.waitFor(1));
    settle(runner);
    EXPECT_EQ(clinic.state(ids[0]), JobState::Retry);
    EXPECT_THAT(clinic.queue.due(), ::testing::ElementsAre(Pair(ids[0], kNow + 1h)));
    EXPECT_EQ(leasesLeft(), 0u);
}

TEST_F(RunnerTest, AHandlerThatThrowsLeavesAMessageInDoubtAndWorkToBeDoneAgain) {
    const auto throws = [](const app::ClaimedJob&) -> app::JobResult { throw std::runtime_error("broken"); };
    JobHandlers handlers{{domain::JobKind::EmailReminder, throws}, {domain::JobKind::PromoteWaitlist, throws}};
    Runner runner(clinic.store, clinic.queue, clock, handlers, 1, [] { return 0.5; });
    const auto message = leased(1)[0];
    const auto work = leased(1, domain::JobKind::PromoteWaitlist)[0];
    const auto unknownKind = leased(1, domain::JobKind::SmsReminder)[0];
    runner.start();
    runner.offer({message, work, unknownKind});
    ASSERT_TRUE(clinic.store.finished.waitFor(3));
    settle(runner);
    EXPECT_EQ(clinic.state(message), JobState::Unknown);
    EXPECT_EQ(clinic.state(work), JobState::Retry);
    EXPECT_EQ(clinic.row(work).runAt, kNow + 5s);
    EXPECT_EQ(clinic.state(unknownKind), JobState::Failed);
}

TEST_F(RunnerTest, AsksForMoreOnlyWhenFewWait) {
    testing::Signal room;
    Runner runner(clinic.store, clinic.queue, clock, clinic.handlers(), 2);
    runner.onRoom([&] { room.raise(); });
    EXPECT_EQ(runner.room(), base::limits::kLeaseBatch);
    clinic.shutGate();
    runner.offer(leased(5));
    EXPECT_EQ(runner.room(), 0u);
    runner.start();
    ASSERT_TRUE(clinic.begun.waitFor(2));
    EXPECT_EQ(runner.room(), 0u) << "three wait for two senders";
    EXPECT_EQ(room.count(), 0);
    clinic.openGate();
    EXPECT_TRUE(room.waitFor(1));
    EXPECT_GT(runner.room(), 0u);
}

TEST_F(RunnerTest, WithoutAQueueClaimsAsManyAsThereAreFreeSenders) {
    for (int i = 0; i < 10; ++i)
        clinic.addRow(kNow);
    testing::Signal room;
    Runner runner(clinic.store, clinic.queue, clock, clinic.handlers(), 4);
    runner.onRoom([&] { room.raise(); });
    clinic.shutGate();
    runner.start();
    runner.claimDue();
    ASSERT_TRUE(clinic.begun.waitFor(4));
    runner.claimDue();
    EXPECT_EQ(clinic.count(JobState::Running), 4u);
    clinic.openGate();
    ASSERT_TRUE(room.waitFor(1)) << "more may be due";
    ASSERT_TRUE(clinic.store.finished.waitFor(4));
    while (clinic.count(JobState::Sent) < 10)
        runner.claimDue();
    EXPECT_THAT(clinic.handled(), AllOf(SizeIs(10), Each(Pair(::testing::_, 1))));
    clinic.store.failing = true;
    EXPECT_THROW(runner.claimDue(), app::StorageError);
}

} // namespace
} // namespace rota::worker
