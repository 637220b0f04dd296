#include "app/resolve_doubts.hpp"
#include "base/limits.hpp"
#include "support/example_times.hpp"
#include "support/in_memory_delivery_store.hpp"
#include "support/scripted_channel.hpp"
#include "support/worker_clinic.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rota::app {
namespace {

using namespace std::chrono_literals;
using rota::testing::kNow;
using testing::FixedChannels;
using ::testing::IsEmpty;
using testing::JobState;
using testing::ScriptedChannel;
using ::testing::SizeIs;

class ResolveDoubtsTest : public ::testing::Test {
protected:
    ResolveDoubtsTest() {
        channels_.email = {first_, second_};
        channels_.sms = {first_};
        job_ = inDoubt("first");
    }

    base::JobId inDoubt(const std::string& channel, domain::JobKind kind = domain::JobKind::EmailReminder) {
        const auto id = clinic_.addRow(kNow, kind).id;
        clinic_.database.transaction([&](testing::InMemoryTables& tables) {
            auto& row = tables.jobs.at(id);
            row.state = JobState::Unknown;
            row.attempt = 1;
            row.channel = channel;
            row.providerMessageId = "provider-7";
            row.finishedAt = kNow;
            row.lookAt = kNow + base::limits::kDoubtFirstLook;
        });
        return id;
    }

    /// When the time of the next look has come.
    std::size_t look() {
        const auto next = clinic_.database.transaction([&](testing::InMemoryTables& tables) {
            std::optional<base::Instant> at;
            for (const auto& [id, job] : tables.jobs)
                if (job.state == JobState::Unknown && job.lookAt) at = std::min(at.value_or(*job.lookAt), *job.lookAt);
            return at;
        });
        if (next) clock_.set(std::max(clock_.now(), *next));
        return ResolveDoubts{deliveries_, channels_, clinic_.queue, clock_, rules_, [] { return 0.5; }}();
    }

    void say(DeliveryState state, const std::string& error = "") { first_->whereabouts = {state, "", "", error}; }

    testing::ManualClock clock_{kNow};
    testing::WorkerClinic clinic_{kNow};
    testing::InMemoryDeliveryStore deliveries_{clinic_.database};
    std::shared_ptr<ScriptedChannel> first_ = std::make_shared<ScriptedChannel>("first", clock_);
    std::shared_ptr<ScriptedChannel> second_ = std::make_shared<ScriptedChannel>("second", clock_);
    FixedChannels channels_;
    ChannelRulesByName rules_;
    base::JobId job_;
};

TEST_F(ResolveDoubtsTest, WhatTheProviderSaysStands) {
    const std::vector<std::pair<DeliveryState, JobState>> expected{{DeliveryState::Accepted, JobState::Sent},
                                                                   {DeliveryState::Delivered, JobState::Delivered},
                                                                   {DeliveryState::Undelivered, JobState::Undelivered}};
    for (const auto& [said, state] : expected) {
        const auto job = inDoubt("first");
        say(said);
        look();
        EXPECT_EQ(clinic_.state(job), state);
    }
    EXPECT_EQ(first_->asked.at(0), (std::pair<std::string, std::string>{"provider-7", domain::deliveryIdOf(job_)}));
    EXPECT_THAT(second_->asked, IsEmpty()) << "it had the message never";
}

TEST_F(ResolveDoubtsTest, WhatTheProviderNeverGotIsSentByAnyChannel) {
    say(DeliveryState::NotFound);
    EXPECT_EQ(look(), 1u);
    EXPECT_EQ(clinic_.state(job_), JobState::Retry);
    EXPECT_EQ(clinic_.row(job_).onlyChannel, "");
    EXPECT_EQ(clinic_.queue.due().at(job_), clock_.now() + 5s);
}

TEST_F(ResolveDoubtsTest, WhatCannotBeToldYetIsAskedAgainAtGrowingDistances) {
    say(DeliveryState::Unknown);
    std::vector<base::Milliseconds> distances;
    for (auto before = kNow; clinic_.row(job_).lookAt; before = clock_.now()) {
        look();
        distances.push_back(clock_.now() - before);
        ASSERT_LT(distances.size(), 100u);
    }
    EXPECT_EQ(distances[0], 10s);
    EXPECT_EQ(distances[1], 20s);
    EXPECT_EQ(distances[2], 40s);
    EXPECT_EQ(distances.back(), 5min);
    EXPECT_GE(clock_.now() - kNow, 1h);
    EXPECT_LE(clock_.now() - kNow, 70min);
    EXPECT_EQ(clinic_.state(job_), JobState::Unknown) << "listed, and never sent blindly";
    EXPECT_EQ(deliveries_.inDoubt(clock_.now()).givenUp, 1u);
    EXPECT_THAT(clinic_.queue.due(), IsEmpty());
}

TEST_F(ResolveDoubtsTest, WhereNobodyCanTellACallbackIsWaitedForAndThenAPersonAsked) {
    say(DeliveryState::CannotTell);
    look();
    EXPECT_EQ(deliveries_.inDoubt(clock_.now()).open, 1u) << "a callback may be on its way";
    while (clinic_.row(job_).lookAt)
        look();
    EXPECT_GE(clock_.now() - kNow, 5min);
    EXPECT_EQ(clinic_.state(job_), JobState::Unknown);
    EXPECT_EQ(look(), 0u);
}

TEST_F(ResolveDoubtsTest, AProviderThatDropsRepetitionsGetsItAgainAndNoOther) {
    say(DeliveryState::CannotTell);
    first_->idempotent = true;
    look();
    EXPECT_EQ(clinic_.state(job_), JobState::Retry);
    EXPECT_EQ(clinic_.row(job_).onlyChannel, "first");
}

TEST_F(ResolveDoubtsTest, WhatIsConfiguredOfAChannelStands) {
    say(DeliveryState::CannotTell);
    rules_.replace({{"first", {.perSecond = 0, .resendInDoubt = true}}});
    look();
    EXPECT_EQ(clinic_.row(job_).onlyChannel, "first");

    const auto other = inDoubt("first");
    first_->idempotent = true;
    rules_.replace({{"first", {.perSecond = 0, .resendInDoubt = false}}});
    while (clinic_.row(other).lookAt)
        look();
    EXPECT_EQ(clinic_.state(other), JobState::Unknown);
}

TEST_F(ResolveDoubtsTest, NothingIsResentForeverOrAfterItsTime) {
    say(DeliveryState::CannotTell);
    first_->idempotent = true;
    clinic_.database.transaction(
        [&](testing::InMemoryTables& tables) { tables.jobs.at(job_).attempt = base::limits::kDeliveryAttempts; });
    const auto late = inDoubt("first");
    clinic_.database.transaction([&](testing::InMemoryTables& tables) { tables.jobs.at(late).notAfter = kNow + 1s; });
    while (look() > 0) {
    }
    EXPECT_EQ(clinic_.state(job_), JobState::Unknown);
    EXPECT_EQ(clinic_.state(late), JobState::Unknown);
}

TEST_F(ResolveDoubtsTest, WhereAProcessDiedEveryChannelOfTheOrderIsAsked) {
    const auto job = inDoubt("");
    say(DeliveryState::NotFound);
    second_->whereabouts.state = DeliveryState::Accepted;
    look();
    EXPECT_EQ(clinic_.state(job), JobState::Sent);
    EXPECT_EQ(clinic_.row(job).channel, "second");

    const auto neither = inDoubt("");
    second_->whereabouts.state = DeliveryState::NotFound;
    look();
    EXPECT_EQ(clinic_.state(neither), JobState::Retry);

    const auto either = inDoubt("");
    second_->whereabouts.state = DeliveryState::CannotTell;
    first_->idempotent = second_->idempotent = true;
    while (clinic_.row(either).lookAt)
        look();
    EXPECT_EQ(clinic_.state(either), JobState::Unknown) << "by which of them could it be repeated?";
}

TEST_F(ResolveDoubtsTest, AChannelThatIsConfiguredNoMoreCannotBeAsked) {
    const auto job = inDoubt("gone");
    say(DeliveryState::Accepted);
    while (clinic_.row(job).lookAt)
        look();
    EXPECT_EQ(clinic_.state(job), JobState::Unknown);
}

TEST_F(ResolveDoubtsTest, AProviderThatIsAwayIsAskedOnceABatch) {
    for (int i = 0; i < 20; ++i)
        inDoubt("first");
    say(DeliveryState::Unknown, "UNAVAILABLE: nobody there");
    EXPECT_EQ(look(), 21u);
    EXPECT_THAT(first_->asked, SizeIs(1));
}

} // namespace
} // namespace rota::app
