#include "support/example_times.hpp"
#include "support/manual_clock.hpp"
#include "support/worker_clinic.hpp"
#include "worker/dispatcher.hpp"
#include "worker/janitor.hpp"
#include "worker/worker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <thread>

namespace rota::worker {
namespace {

using namespace std::chrono_literals;
using app::QueuedJob;
using base::JobId;
using base::Milliseconds;
using rota::testing::kNow;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::JobState;
using ::testing::Key;
using ::testing::Pair;
using ::testing::SizeIs;
namespace limits = base::limits;

class DispatcherTest : public ::testing::Test {
protected:
    ~DispatcherTest() override {
        clinic.openGate();
        dispatcher.stop();
        rebuilder.stop();
        runner.stop();
    }

    JobId add(base::Instant runAt) {
        const auto job = clinic.addRow(runAt);
        clinic.queue.add(std::vector{job});
        return job.id;
    }

    testing::ManualClock clock{kNow};
    testing::WorkerClinic clinic{kNow};
    Rebuilder rebuilder{clinic.store, clinic.queue, clock};
    Runner runner{clinic.store, clinic.queue, clock, clinic.handlers(), 2};
    Dispatcher dispatcher{clinic.queue, clock, runner, rebuilder};
};

TEST_F(DispatcherTest, SleepsUntilTheNextJobAndNeverLongerThanATick) {
    fill(clinic.queue);
    EXPECT_EQ(dispatcher.turn(), limits::kDispatcherTick);
    add(kNow + 5s);
    EXPECT_EQ(dispatcher.turn(), limits::kDispatcherTick);
    add(kNow + 300ms);
    EXPECT_EQ(dispatcher.turn(), 300ms);
    clock.advance(299ms);
    EXPECT_EQ(dispatcher.turn(), 1ms);
    EXPECT_THAT(runner.waiting(), IsEmpty()) << "a millisecond early";
    clock.advance(1ms);
    dispatcher.turn();
    EXPECT_THAT(runner.waiting(), SizeIs(1));
}

TEST_F(DispatcherTest, LeasesNoMoreThanTheRunnerTakes) {
    fill(clinic.queue);
    for (int i = 0; i < 300; ++i)
        add(kNow);
    dispatcher.turn();
    EXPECT_THAT(runner.waiting(), SizeIs(limits::kLeaseBatch));
    dispatcher.turn();
    EXPECT_THAT(clinic.queue.due(), SizeIs(300 - limits::kLeaseBatch));
}

TEST_F(DispatcherTest, IsWokenByAJobAndByRoom) {
    fill(clinic.queue);
    runner.start();
    dispatcher.start();
    for (int i = 0; i < 600; ++i)
        add(kNow);
    EXPECT_TRUE(clinic.store.finished.waitFor(600));
    EXPECT_THAT(clinic.handled(), AllOf(SizeIs(600), Each(Pair(::testing::_, 1))));
}

TEST_F(DispatcherTest, KeepsTheLeasesOfWhatWaits) {
    fill(clinic.queue);
    clinic.shutGate();
    runner.start();
    for (int i = 0; i < 5; ++i)
        add(kNow);
    dispatcher.turn();
    ASSERT_TRUE(clinic.begun.waitFor(2));
    clock.advance(limits::kJobLease / 3);
    dispatcher.turn();
    EXPECT_EQ(clinic.queue.reap(kNow + limits::kJobLease + 1ms), 2u) << "those being sent are PostgreSQL's to keep";
    EXPECT_EQ(clinic.queue.reap(kNow + limits::kJobLease + limits::kJobLease / 3), 3u);
}

TEST_F(DispatcherTest, WithoutTheQueueItDispatchesFromTheDatabase) {
    fill(clinic.queue);
    int back = 0;
    dispatcher.onQueueBack([&] { ++back; });
    const auto inQueue = add(kNow);
    clinic.queue.setFailing(true);
    const auto notInQueue = clinic.addRow(kNow).id;
    const auto later = clinic.addRow(kNow + 1ms).id;
    runner.start();
    EXPECT_EQ(dispatcher.turn(), limits::kDispatcherTick);
    ASSERT_TRUE(clinic.store.finished.waitFor(2));
    EXPECT_THAT(clinic.handled(), AllOf(Contains(Key(inQueue)), Contains(Key(notInQueue)), SizeIs(2)));
    EXPECT_EQ(clinic.state(later), JobState::Scheduled);
    EXPECT_EQ(back, 0);

    clinic.queue.setFailing(false);
    dispatcher.turn();
    EXPECT_EQ(back, 1);
    runner.stop();
    EXPECT_THAT(clinic.handled(), ElementsAre(Pair(inQueue, 1), Pair(notInQueue, 1)))
        << "what the queue still had is dropped";
    dispatcher.turn();
    EXPECT_EQ(back, 1);
}

TEST_F(DispatcherTest, WhatAFullQueueDoesNotTakeIsFoundInTheDatabase) {
    fill(clinic.queue);
    Janitor janitor{clinic.store, clinic.queue, clock};
    janitor.onAdded([this](bool complete) { dispatcher.queueIsComplete(complete); });
    const auto inQueue = add(kNow);
    clinic.queue.setFull(true);
    const auto refused = clinic.addRow(kNow).id;
    runner.start();
    janitor.sweep();
    for (int turns = 0; turns < 1000 && clinic.handled().size() < 2; ++turns) {
        dispatcher.turn();
        std::this_thread::sleep_for(5ms);
    }
    ASSERT_TRUE(clinic.store.finished.waitFor(2));
    EXPECT_THAT(clinic.handled(), ElementsAre(Pair(inQueue, 1), Pair(refused, 1)));

    clinic.queue.setFull(false);
    const auto later = clinic.addRow(kNow + 5s).id;
    janitor.sweep();
    EXPECT_TRUE(clinic.queue.due().contains(later));
    clock.advance(5s);
    const auto straight = clinic.addRow(kNow).id;
    dispatcher.turn();
    ASSERT_TRUE(clinic.store.finished.waitFor(3));
    EXPECT_EQ(clinic.state(straight), JobState::Scheduled) << "the database is left alone again";
}

TEST_F(DispatcherTest, AnEmptiedQueueIsRebuiltAndMeanwhileNothingWaits) {
    const auto due = clinic.addRow(kNow).id;
    const auto later = clinic.addRow(kNow + 1h).id;
    runner.start();
    dispatcher.turn();
    ASSERT_TRUE(clinic.store.finished.waitFor(1)) << "from the database, before any rebuild";
    EXPECT_THAT(clinic.handled(), ElementsAre(Pair(due, 1)));

    clinic.queue.flush();
    rebuilder.start();
    dispatcher.start();
    while (!clinic.queue.due().contains(later))
        std::this_thread::yield();
    clinic.queue.flush();
    dispatcher.wake();
    while (!clinic.queue.due().contains(later))
        std::this_thread::yield();
    EXPECT_EQ(clinic.handled().size(), 1u);
}

TEST_F(DispatcherTest, WithoutQueueAndDatabaseItWaits) {
    clinic.queue.setFailing(true);
    clinic.store.failing = true;
    runner.start();
    EXPECT_THROW(dispatcher.turn(), app::StorageError);
    dispatcher.start();
    while (clinic.store.failures < 2)
        std::this_thread::yield();
    clinic.addRow(kNow);
    clinic.store.failing = false;
    EXPECT_TRUE(clinic.store.finished.waitFor(1));
    EXPECT_LT(clinic.store.failures, 10) << "a busy loop";
}

// ---- the rebuilder

class RebuilderTest : public ::testing::Test {
protected:
    /// In one transaction, since each copies the tables.
    void addRows(int count) {
        const auto model = clinic.addRow(kNow).id;
        clinic.database.transaction([&](testing::InMemoryTables& tables) {
            for (int i = 1; i < count; ++i) {
                auto row = tables.jobs.at(model);
                row.id = {++tables.lastId};
                row.runAt += std::chrono::hours{i};
                tables.jobs[row.id] = row;
            }
        });
    }

    testing::ManualClock clock{kNow};
    testing::WorkerClinic clinic{kNow};
    Rebuilder rebuilder{clinic.store, clinic.queue, clock};
};

TEST_F(RebuilderTest, BringsEveryPendingRow) {
    addRows(2500);
    const auto sent = clinic.addRow(kNow).id;
    clinic.database.transaction([&](testing::InMemoryTables& tables) { tables.jobs.at(sent).state = JobState::Sent; });
    EXPECT_TRUE(rebuilder.rebuild());
    EXPECT_THAT(clinic.queue.due(), AllOf(SizeIs(2500), ::testing::Not(Contains(Key(sent)))));
}

TEST_F(RebuilderTest, BeginsAnewWhenTheQueueIsFlushedMeanwhile) {
    addRows(2500);
    int calls = 0;
    clinic.store.afterPending = [&] {
        if (++calls == 2) clinic.queue.flush();
    };
    EXPECT_TRUE(rebuilder.rebuild());
    EXPECT_THAT(clinic.queue.due(), SizeIs(2500));
}

TEST_F(RebuilderTest, LeavesAWholeQueueAlone) {
    addRows(3);
    fill(clinic.queue);
    EXPECT_FALSE(rebuilder.rebuild());
    EXPECT_THAT(clinic.queue.due(), IsEmpty());
}

TEST_F(RebuilderTest, OnlyOneProcessAtATime) {
    addRows(3);
    clinic.store.alone("rebuild", [&] { EXPECT_FALSE(rebuilder.rebuild()); });
    EXPECT_THAT(clinic.queue.due(), IsEmpty());
    EXPECT_TRUE(rebuilder.rebuild());
}

TEST_F(RebuilderTest, GivesUpWhereTheQueueIsFlushedOverAndOver) {
    addRows(3);
    int calls = 0;
    clinic.store.afterPending = [&] {
        ++calls;
        clinic.queue.flush();
    };
    EXPECT_FALSE(rebuilder.rebuild());
    EXPECT_LE(calls, 10);
    clinic.store.afterPending = nullptr;
    EXPECT_TRUE(rebuilder.rebuild());
}

// ---- the janitor

class JanitorTest : public ::testing::Test {
protected:
    testing::ManualClock clock{kNow};
    testing::WorkerClinic clinic{kNow};
    Janitor janitor{clinic.store, clinic.queue, clock};
};

TEST_F(JanitorTest, AddsWhatTheQueueLacksWellBeforeItIsDue) {
    fill(clinic.queue);
    const auto overdue = clinic.addRow(kNow - 1h).id;
    const auto soon = clinic.addRow(kNow + 59s).id;
    clinic.addRow(kNow + 5min);
    janitor.sweep();
    EXPECT_THAT(clinic.queue.due(), ElementsAre(Pair(overdue, kNow - 1h), Pair(soon, kNow + 59s)));
}

TEST_F(JanitorTest, LeavesWhatIsLeasedAloneAndReturnsWhatWasAbandoned) {
    fill(clinic.queue);
    const auto job = clinic.addRow(kNow);
    clinic.queue.add(std::vector{job});
    clinic.queue.claim(1, kNow, kNow + 30s);
    janitor.sweep();
    EXPECT_THAT(clinic.queue.due(), IsEmpty());
    clock.advance(31s);
    janitor.sweep();
    EXPECT_THAT(clinic.queue.due(), Contains(Key(job.id)));
}

TEST_F(JanitorTest, ARowWhoseWorkerWentAwayIsInDoubt) {
    const auto job = clinic.addRow(kNow);
    clinic.store.claim(std::vector{job.id}, kNow, kNow + 30s);
    janitor.sweep();
    EXPECT_EQ(clinic.state(job.id), JobState::Running);
    clock.advance(31s);
    clinic.queue.setFailing(true); // the steps that need the queue fail, the others are done
    janitor.sweep();
    EXPECT_EQ(clinic.state(job.id), JobState::Unknown);
}

TEST_F(JanitorTest, OneWhoseClockIsAheadLeavesASendUnderWayAlone) {
    testing::ManualClock behind{kNow};
    fill(clinic.queue);
    const auto job = clinic.addRow(kNow);
    clinic.queue.add(std::vector{job});
    clinic.shutGate();
    Runner runner(clinic.store, clinic.queue, behind, clinic.handlers(), 1);
    runner.start();
    runner.offer(std::get<app::JobQueue::Due>(clinic.queue.claim(1, kNow, kNow + limits::kJobLease)).ids);
    ASSERT_TRUE(clinic.begun.waitFor(1));
    // 30 s ahead, and as late as a send may take.
    clock.advance(30s + limits::kSendAndRecord);
    janitor.sweep();
    EXPECT_EQ(clinic.state(job.id), JobState::Running);
    clinic.openGate();
    ASSERT_TRUE(clinic.store.finished.waitFor(1));
    runner.stop();
    EXPECT_EQ(clinic.state(job.id), JobState::Sent);
}

TEST_F(JanitorTest, SweepsByItselfAndWhenWoken) {
    fill(clinic.queue);
    janitor.start();
    const auto added = [&](JobId id) {
        while (!clinic.queue.due().contains(id)) {
            janitor.wake();
            std::this_thread::yield();
        }
    };
    added(clinic.addRow(kNow).id);
    added(clinic.addRow(kNow).id);
    janitor.stop();
}

// ---- all of them

/// Queue and database fail, and the queue loses everything, again and again while 300 jobs are run by two processes.
/// No job may be handled twice, and after the failures have ended every job has been.
TEST(WorkerChaos, EveryJobIsHandledExactlyOnce) {
    testing::ManualClock clock{kNow};
    testing::WorkerClinic clinic{kNow};
    Worker one(clinic.store, clinic.queue, clock, clinic.handlers(), 3);
    Worker two(clinic.store, clinic.queue, clock, clinic.handlers(), 3);
    one.start();
    two.start();

    std::mt19937 random(20260310); // NOLINT: the same at every run
    for (int i = 0; i < 300; ++i) {
        const auto job = clinic.addRow(kNow);
        try {
            clinic.queue.add(std::vector{job});
        } catch (const app::QueueError&) {
        }
        if (random() % 10 == 0) clinic.queue.flush();
        if (random() % 20 == 0) clinic.queue.setFailing(random() % 2 == 0);
        if (random() % 20 == 0) clinic.store.failing = random() % 3 == 0;
        std::this_thread::sleep_for(Milliseconds{random() % 5});
    }
    clinic.queue.setFailing(false);
    clinic.store.failing = false;
    // What was being sent is recorded first, under its lease; then leases that were lost in the queue run out.
    while (clinic.count(JobState::Running) > 0)
        std::this_thread::sleep_for(5ms);
    Janitor janitor{clinic.store, clinic.queue, clock};
    clock.advance(limits::kJobLease + 1ms);
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (clinic.count(JobState::Sent) < 300 && std::chrono::steady_clock::now() < deadline) {
        janitor.sweep();
        std::this_thread::sleep_for(20ms);
    }
    one.stop();
    two.stop();
    EXPECT_EQ(clinic.count(JobState::Sent), 300u);
    EXPECT_THAT(clinic.handled(), AllOf(SizeIs(300), Each(Pair(::testing::_, 1))));
}

} // namespace
} // namespace rota::worker
