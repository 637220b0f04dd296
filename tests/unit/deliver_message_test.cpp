#include "app/deliver_message.hpp"
#include "app/local_rate_limiter.hpp"
#include "app/ports/errors.hpp"
#include "base/limits.hpp"
#include "support/in_memory_delivery_store.hpp"
#include "support/manual_clock.hpp"
#include "support/scripted_channel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <filesystem>

namespace rota::app {
namespace {

using namespace std::chrono_literals;
using base::Instant;
using base::Milliseconds;
using domain::JobKind;
using domain::Medium;
using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::FixedChannels;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::ScriptedChannel;

const Instant kMorning = std::chrono::sys_days{std::chrono::year{2026} / 3 / 9} + 13h;
const Instant kStart = kMorning + 24h;

class DeliverMessageTest : public ::testing::Test {
protected:
    DeliverMessageTest() {
        const char* source = std::getenv("ROTA_SOURCE_DIR");
        std::vector<Templates::Problem> problems;
        templates = Templates::load(std::filesystem::path(source ? source : ".") / "etc" / "templates", problems);
        EXPECT_THAT(problems, IsEmpty());
        channels.email = {first, second};
        channels.sms = {first};

        job.id = base::JobId{7};
        job.kind = JobKind::EmailReminder;
        job.attempt = 1;
        job.notAfter = kStart;
        job.doctorName = "Dr. Sarah Johnson";
        job.patientName = "Ann Miller";
        job.patientEmail = "ann@example.org";
        job.patientPhone = "555-123-4567";
        job.appointment.emplace();
        job.appointment->start = kStart;
    }

    JobResult deliver() {
        return DeliverMessage(
            {channels, rules, circuit, pace, suppressions}, templates, clock, clinic, [this] { return jitter; },
            [this](Milliseconds length) { clock.advance(length); })(job);
    }

    static SendResult saying(SendStatus status, Milliseconds wait = {}, std::string error = "") {
        return {status, wait, "", "", std::move(error)};
    }

    testing::ManualClock clock{kMorning};
    std::shared_ptr<ScriptedChannel> first = std::make_shared<ScriptedChannel>("first", clock);
    std::shared_ptr<ScriptedChannel> second = std::make_shared<ScriptedChannel>("second", clock);
    FixedChannels channels;
    ChannelRulesByName rules;
    ChannelCircuit circuit;
    LocalRateLimiter pace{[this] { return LocalRateLimiter::Steady::time_point{clock.now().time_since_epoch()}; }};
    testing::InMemoryDatabase database;
    testing::InMemorySuppressionStore suppressions{database};
    Templates templates;
    Clinic clinic;
    ClaimedJob job;
    double jitter = 0.5;
};

TEST_F(DeliverMessageTest, AnEmailGoesToTheFirstChannel) {
    const auto result = deliver();
    EXPECT_EQ(result.outcome, JobOutcome::Sent);
    EXPECT_EQ(result.channel, "first");
    EXPECT_EQ(result.providerMessageId, "provider-1");
    EXPECT_EQ(result.providerCode, "202");
    ASSERT_EQ(first->messages.size(), 1u);
    EXPECT_THAT(second->messages, IsEmpty());
    const auto& message = first->messages[0];
    EXPECT_EQ(message.to, "ann@example.org");
    EXPECT_EQ(message.toName, "Ann Miller");
    EXPECT_EQ(message.subject, "Appointment Reminder");
    EXPECT_EQ(message.deliveryId, "rota-7");
    EXPECT_EQ(message.notAfter, kStart);
}

TEST_F(DeliverMessageTest, WhatACalendarDoesNotKnowYetGoesAlong) {
    for (const auto kind : {JobKind::Confirmation, JobKind::RescheduleNotice, JobKind::PromotionNotice}) {
        job.kind = kind;
        EXPECT_EQ(deliver().outcome, JobOutcome::Sent);
        const auto& attachments = first->messages.back().attachments;
        ASSERT_EQ(attachments.size(), 1u);
        EXPECT_EQ(attachments[0].filename, "appointment.ics");
        EXPECT_EQ(attachments[0].contentType, "text/calendar; charset=utf-8; method=REQUEST");
        EXPECT_THAT(attachments[0].bytes, HasSubstr("ATTENDEE;CN=Ann Miller"));
        EXPECT_THAT(attachments[0].bytes, HasSubstr("SUMMARY:Appointment with Dr. Sarah Johnson"));
    }
    for (const auto kind : {JobKind::EmailReminder, JobKind::SmsReminder}) {
        job.kind = kind;
        job.dueAt = kStart - clinic.leads.emailBefore;
        job.runAt = job.dueAt + 10min; // after a retry
        EXPECT_EQ(deliver().outcome, JobOutcome::Sent);
        EXPECT_THAT(first->messages.back().attachments, IsEmpty());
    }
}

TEST_F(DeliverMessageTest, AReminderThatStandsForTheConfirmationBringsTheCalendarEntry) {
    job.kind = JobKind::EmailReminder;
    job.dueAt = kStart - clinic.leads.emailBefore + 1min; // booked when a minute less than that was left
    EXPECT_EQ(deliver().outcome, JobOutcome::Sent);
    ASSERT_EQ(first->messages.back().attachments.size(), 1u);
    EXPECT_EQ(first->messages.back().attachments[0].filename, "appointment.ics");
}

TEST_F(DeliverMessageTest, AnSmsGoesToTheNumberInE164) {
    job.kind = JobKind::SmsReminder;
    clinic.phoneCountry = "+44";
    EXPECT_EQ(deliver().outcome, JobOutcome::Sent);
    ASSERT_EQ(first->messages.size(), 1u);
    EXPECT_EQ(first->messages[0].to, "+445551234567");
    EXPECT_EQ(first->messages[0].medium, Medium::Sms);
}

TEST_F(DeliverMessageTest, EveryAttemptCarriesTheSameKeys) {
    deliver();
    job.attempt = 2;
    deliver();
    ASSERT_EQ(first->messages.size(), 2u);
    EXPECT_EQ(first->messages[0].idempotencyKey, first->messages[1].idempotencyKey);
    EXPECT_EQ(first->messages[0].deliveryId, first->messages[1].deliveryId);
    EXPECT_THAT(first->messages[0].idempotencyKey, Not(IsEmpty()));
    EXPECT_THAT(first->attempts, ElementsAre(1, 2));
}

TEST_F(DeliverMessageTest, FailsOverFromWhatIsCertainlyNotSent) {
    for (const auto status : {SendStatus::Retry, SendStatus::RateLimited, SendStatus::Failed, SendStatus::Broken}) {
        first->answer = saying(status);
        circuit.worked("first");
        const auto before = second->messages.size();
        const auto result = deliver();
        EXPECT_EQ(result.outcome, JobOutcome::Sent);
        EXPECT_EQ(result.channel, "second");
        EXPECT_EQ(second->messages.size(), before + 1);
    }
}

/// Nothing was tried, so this was no attempt; and slow is not out of order.
TEST_F(DeliverMessageTest, WaitsForAChannelThatIsBusy) {
    first->answer = saying(SendStatus::Busy, {}, "it was busy with other calls");
    const auto result = deliver();
    EXPECT_EQ(result.outcome, JobOutcome::Retry);
    EXPECT_TRUE(result.held);
    EXPECT_EQ(result.runAgainAt, kMorning + 1s);
    EXPECT_THAT(result.error, HasSubstr("first is busy"));
    EXPECT_THAT(result.channel, IsEmpty());
    EXPECT_THAT(second->messages, IsEmpty());

    first->answer = saying(SendStatus::Retry, {}, "not now");
    second->answer = saying(SendStatus::Busy);
    auto afterATry = deliver();
    EXPECT_EQ(afterATry.outcome, JobOutcome::Retry);
    EXPECT_FALSE(afterATry.held);
    EXPECT_EQ(afterATry.channel, "first");
    EXPECT_EQ(afterATry.runAgainAt, kMorning + 5s) << "the first one is asked no sooner than without the second";
    job.attempt = base::limits::kDeliveryAttempts;
    afterATry = deliver();
    EXPECT_EQ(afterATry.outcome, JobOutcome::Failed) << "and no more often";
}

TEST_F(DeliverMessageTest, TellsOfEveryChannelThatTried) {
    first->answer = saying(SendStatus::Failed, {}, "no such mailbox ann@example.org");
    first->answer.providerCode = "550";
    const auto result = deliver();
    ASSERT_EQ(result.earlier.size(), 1u);
    EXPECT_EQ(result.earlier[0].channel, "first");
    EXPECT_EQ(result.earlier[0].outcome, JobOutcome::Failed);
    EXPECT_EQ(result.earlier[0].providerCode, "550");
    EXPECT_EQ(result.earlier[0].error, "no such mailbox ***");
    EXPECT_EQ(result.providerCode, "202") << "that is the second's";
    first->answer = second->answer = saying(SendStatus::Retry);
    EXPECT_EQ(deliver().earlier.size(), 1u) << "the last one is the result's own";
}

TEST_F(DeliverMessageTest, NeverFailsOverFromWhatMayHaveBeenSentOrIsNotWanted) {
    first->answer = saying(SendStatus::UnknownOutcome);
    EXPECT_EQ(deliver().outcome, JobOutcome::Unknown);
    first->answer = saying(SendStatus::Suppressed);
    EXPECT_EQ(deliver().outcome, JobOutcome::Suppressed);
    EXPECT_THAT(second->messages, IsEmpty());

    job.patientEmail = "somebody.else@example.org";
    first->answer = saying(SendStatus::Retry);
    second->answer = saying(SendStatus::UnknownOutcome);
    EXPECT_EQ(deliver().outcome, JobOutcome::Unknown) << "the second may have sent it";
}

TEST_F(DeliverMessageTest, OneThatMayWorkLaterIsEnoughToRetry) {
    for (const auto status : {SendStatus::Retry, SendStatus::RateLimited, SendStatus::Broken}) {
        first->answer = saying(status);
        circuit.worked("first");
        second->answer = saying(SendStatus::Failed);
        const auto result = deliver();
        EXPECT_EQ(result.outcome, JobOutcome::Retry);
        EXPECT_EQ(result.runAgainAt, kMorning + 5s) << "half of the first wait";
    }
    circuit.worked("first");
    first->answer = saying(SendStatus::Failed, {}, "no such mailbox");
    const auto result = deliver();
    EXPECT_EQ(result.outcome, JobOutcome::Failed);
    EXPECT_THAT(result.error, HasSubstr("first: no such mailbox"));
}

TEST_F(DeliverMessageTest, WaitsAsLongAsTheSoonestOfTheProvidersAsks) {
    first->answer = saying(SendStatus::RateLimited, 10min);
    second->answer = saying(SendStatus::RateLimited, 3min);
    EXPECT_EQ(deliver().runAgainAt, kMorning + 3min);
    second->answer = saying(SendStatus::Failed);
    EXPECT_EQ(deliver().runAgainAt, kMorning + 10min);
    first->answer = saying(SendStatus::RateLimited, 6h);
    EXPECT_EQ(deliver().runAgainAt, kMorning + 1h) << "capped";
}

TEST_F(DeliverMessageTest, StopsAtTheEndOfTimeOrAttempts) {
    channels.email = {first};
    first->answer = saying(SendStatus::RateLimited, 10min, "slow down");
    job.notAfter = kMorning + 10min;
    auto result = deliver();
    EXPECT_EQ(result.outcome, JobOutcome::Failed);
    EXPECT_THAT(result.error, AllOf(HasSubstr("given up after attempt 1"), HasSubstr("slow down")));

    job.notAfter = kStart;
    job.attempt = base::limits::kDeliveryAttempts;
    EXPECT_EQ(deliver().outcome, JobOutcome::Failed);
    job.attempt = base::limits::kDeliveryAttempts - 1;
    EXPECT_EQ(deliver().outcome, JobOutcome::Retry);
}

TEST_F(DeliverMessageTest, NothingLeavesAtOrAfterTheStart) {
    clock.set(kStart);
    EXPECT_EQ(deliver().outcome, JobOutcome::Failed);
    job.notAfter = kStart + 1h; // the appointment's start alone forbids it
    EXPECT_EQ(deliver().outcome, JobOutcome::Failed);
    clock.set(kStart - 1ms);
    job.notAfter = kStart - 1ms;
    EXPECT_EQ(deliver().outcome, JobOutcome::Failed);
    EXPECT_THAT(first->messages, IsEmpty());
    job.notAfter = kStart;
    EXPECT_EQ(deliver().outcome, JobOutcome::Sent);
}

TEST_F(DeliverMessageTest, ARecipientWhoCannotBeReachedFailsThatJobWithoutNamingTheData) {
    for (const auto* address : {"", "ann.example.org", "@example.org", "ann@", "ann@example.org\r\nBcc: x@y.z"}) {
        job.patientEmail = address;
        const auto result = deliver();
        EXPECT_EQ(result.outcome, JobOutcome::Failed) << address;
        EXPECT_THAT(result.error, AllOf(HasSubstr("email address"), Not(HasSubstr("example"))));
    }
    job.kind = JobKind::SmsReminder;
    for (const auto* phone : {"", "555-123-456", "555-123-45678", "555-abc-4567"}) {
        job.patientPhone = phone;
        const auto result = deliver();
        EXPECT_EQ(result.outcome, JobOutcome::Failed) << phone;
        EXPECT_THAT(result.error, AllOf(HasSubstr("phone number"), Not(HasSubstr("555"))));
    }
    EXPECT_THAT(first->messages, IsEmpty());
}

TEST_F(DeliverMessageTest, AMessageThatCannotBeWrittenFailsThatJob) {
    job.appointment.reset();
    const auto result = deliver();
    EXPECT_EQ(result.outcome, JobOutcome::Failed);
    EXPECT_THAT(result.error, HasSubstr("could not be written"));
    job.kind = JobKind::PromoteWaitlist;
    EXPECT_THAT(deliver().error, HasSubstr("is no message"));
}

TEST_F(DeliverMessageTest, WithoutAChannelTheMessageWaits) {
    channels.email.clear();
    const auto result = deliver();
    EXPECT_EQ(result.outcome, JobOutcome::Retry);
    EXPECT_THAT(result.error, HasSubstr("no channel"));
}

TEST_F(DeliverMessageTest, WhatAProviderSaysIsKeptWithoutContactDataAndInPlainText) {
    channels.email = {first};
    first->answer =
        saying(SendStatus::Failed, {}, "mailbox ann@example.org of Ann Miller\xff full" + std::string(9000, 'x'));
    const auto error = deliver().error;
    EXPECT_THAT(error, AllOf(HasSubstr("mailbox *** of ***? full"), Not(HasSubstr("ann@"))));
    EXPECT_LE(error.size(), 500u);
}

TEST_F(DeliverMessageTest, NoChannelIsBegunThatTheLeaseWouldNotOutlast) {
    first->answer = saying(SendStatus::Retry);
    first->takes = 20s;
    job.leaseUntil = clock.now() + 20s + base::limits::kSendAndRecord;
    EXPECT_EQ(deliver().outcome, JobOutcome::Sent);
    job.leaseUntil = clock.now() + 20s + base::limits::kSendAndRecord - 1ms;
    EXPECT_EQ(deliver().outcome, JobOutcome::Retry);
    EXPECT_EQ(second->messages.size(), 1u);
}

TEST_F(DeliverMessageTest, WhoWantsNoMessagesGetsNone) {
    job.preferences.email = false;
    auto result = deliver();
    EXPECT_EQ(result.outcome, JobOutcome::Suppressed);
    EXPECT_EQ(result.error, "the patient wants no emails");
    job.kind = JobKind::SmsReminder;
    EXPECT_EQ(deliver().outcome, JobOutcome::Sent) << "a text message is something else";
    job.preferences.sms = false;
    result = deliver();
    EXPECT_EQ(result.outcome, JobOutcome::Suppressed);
    EXPECT_EQ(result.error, "the patient wants no text messages");
    EXPECT_EQ(first->messages.size(), 1u);
}

TEST_F(DeliverMessageTest, NothingIsSentToASuppressedAddress) {
    suppressions.suppress("Ann@Example.org", {domain::SuppressionReason::Bounced, kMorning, "main", "5.1.1"});
    const auto result = deliver();
    EXPECT_EQ(result.outcome, JobOutcome::Suppressed);
    EXPECT_EQ(result.error, "the address is suppressed: bounced, as main reported");
    EXPECT_THAT(first->messages, IsEmpty());
}

TEST_F(DeliverMessageTest, ThatARecipientOptedOutIsRememberedForAllChannels) {
    first->answer = {SendStatus::Suppressed, {}, "", "21610", ""};
    EXPECT_EQ(deliver().outcome, JobOutcome::Suppressed);
    EXPECT_EQ(suppressions.find("ann@example.org")->providerCode, "21610");
    EXPECT_EQ(deliver().outcome, JobOutcome::Suppressed);
    EXPECT_EQ(first->messages.size(), 1u);
}

class AwaySuppressions final : public SuppressionStore {
public:
    void suppress(const std::string&, const Suppression&) override { throw StorageUnavailable("away"); }
    void lift(const std::string&, Instant, const std::string&) override { throw StorageUnavailable("away"); }
    std::vector<std::optional<Suppression>> find(std::span<const std::string>) override {
        throw StorageUnavailable("away");
    }
};

TEST_F(DeliverMessageTest, WhoseAddressCannotBeLookedUpGetsItLater) {
    AwaySuppressions away;
    job.attempt = base::limits::kDeliveryAttempts + 5;
    const auto result = DeliverMessage({channels, rules, circuit, pace, away}, templates, clock, clinic)(job);
    EXPECT_EQ(result.outcome, JobOutcome::Retry);
    EXPECT_TRUE(result.held);
    EXPECT_THAT(first->messages, IsEmpty());
}

/// Counts its questions.
class CountedSuppressions final : public SuppressionStore {
public:
    explicit CountedSuppressions(SuppressionStore& inner) : inner_(inner) {}
    void suppress(const std::string& address, const Suppression& why) override { inner_.suppress(address, why); }
    void lift(const std::string& address, Instant at, const std::string& by) override { inner_.lift(address, at, by); }
    std::vector<std::optional<Suppression>> find(std::span<const std::string> addresses) override {
        ++questions;
        return inner_.find(addresses);
    }
    int questions = 0;

private:
    SuppressionStore& inner_;
};

TEST_F(DeliverMessageTest, WhoWereClaimedTogetherAreLookedUpTogether) {
    CountedSuppressions counted{suppressions};
    const DeliverMessage deliverIt({channels, rules, circuit, pace, counted}, templates, clock, clinic);
    suppressions.suppress("bob@example.org", {domain::SuppressionReason::Bounced, kMorning, "main", "550"});
    std::vector<ClaimedJob> jobs(4, job);
    jobs[1].patientEmail = "";
    jobs[2].patientEmail = "bob@example.org";
    jobs[3].kind = domain::JobKind::PromoteWaitlist;
    deliverIt.lookUp(jobs);
    EXPECT_EQ(deliverIt(jobs[0]).outcome, JobOutcome::Sent);
    EXPECT_EQ(deliverIt(jobs[1]).outcome, JobOutcome::Failed);
    EXPECT_EQ(deliverIt(jobs[2]).outcome, JobOutcome::Suppressed);
    EXPECT_EQ(counted.questions, 1);
    EXPECT_FALSE(jobs[3].lookedUp);
}

TEST_F(DeliverMessageTest, WhoCouldNotBeLookedUpTogetherIsLookedUpAlone) {
    AwaySuppressions away;
    const DeliverMessage deliverIt({channels, rules, circuit, pace, away}, templates, clock, clinic);
    deliverIt.lookUp({&job, 1});
    EXPECT_TRUE(deliverIt(job).held);
    EXPECT_EQ(deliver().outcome, JobOutcome::Sent) << "with a store that answers";
}

TEST_F(DeliverMessageTest, ABrokenChannelHoldsItsMessagesAndLosesNone) {
    channels.email = {first};
    first->answer = saying(SendStatus::Broken, {}, "AUTH: key refused");
    job.attempt = base::limits::kDeliveryAttempts + 5;
    for (int i = 0; i < 50; ++i) {
        const auto result = deliver();
        ASSERT_EQ(result.outcome, JobOutcome::Retry);
        ASSERT_TRUE(result.held);
        ASSERT_THAT(result.error, HasSubstr("first: "));
        clock.set(result.runAgainAt);
    }
    EXPECT_GT(clock.now() - kMorning, 3h) << "the provider is not pestered";
    EXPECT_TRUE(circuit.broken().at("first"));
    first->answer = saying(SendStatus::Sent);
    JobResult result;
    do {
        clock.advance(1min);
        result = deliver();
    } while (result.outcome == JobOutcome::Retry);
    EXPECT_EQ(result.outcome, JobOutcome::Sent);
    EXPECT_FALSE(circuit.broken().at("first"));
}

TEST_F(DeliverMessageTest, ABrokenChannelIsNotTriedForEachMessageButFailedOver) {
    first->answer = saying(SendStatus::Broken);
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(deliver().channel, "second");
    EXPECT_EQ(first->messages.size(), 1u);
}

TEST_F(DeliverMessageTest, WhatMayHaveBeenSentByOneChannelIsTriedByNoOther) {
    job.onlyChannel = "second";
    EXPECT_EQ(deliver().channel, "second");
    second->answer = saying(SendStatus::Retry);
    EXPECT_EQ(deliver().outcome, JobOutcome::Retry);
    EXPECT_THAT(first->messages, IsEmpty());
    job.onlyChannel = "gone";
    EXPECT_EQ(deliver().outcome, JobOutcome::Unknown);
}

TEST_F(DeliverMessageTest, SentAnewItIsANewMessageToItsProvider) {
    deliver();
    job.round = 1;
    deliver();
    EXPECT_EQ(first->messages[0].idempotencyKey, "rota-7");
    EXPECT_EQ(first->messages[1].idempotencyKey, "rota-7-1");
    EXPECT_EQ(first->messages[1].deliveryId, "rota-7");
}

TEST_F(DeliverMessageTest, EachChannelSendsAtItsOwnPace) {
    rules.replace({{"first", {.perSecond = 2, .resendInDoubt = {}}}});
    EXPECT_EQ(deliver().outcome, JobOutcome::Sent);
    const auto held = deliver();
    EXPECT_EQ(held.outcome, JobOutcome::Retry);
    EXPECT_TRUE(held.held);
    EXPECT_EQ(held.pacedFor, "first");
    EXPECT_EQ(held.runAgainAt, kMorning + 500ms);
    EXPECT_EQ(held.channel, "") << "nobody tried";
    EXPECT_EQ(deliver().runAgainAt, kMorning + 1s) << "one behind the other";

    clock.set(kMorning + 500ms);
    job.pacedFor = "first";
    job.runAt = kMorning + 500ms;
    EXPECT_EQ(deliver().outcome, JobOutcome::Sent) << "its turn";
    clock.advance(10s);
    EXPECT_EQ(deliver().outcome, JobOutcome::Sent) << "a missed turn is taken anew";
    EXPECT_EQ(deliver().outcome, JobOutcome::Retry);
    EXPECT_THAT(second->messages, IsEmpty()) << "slow is not out of order";
}

TEST_F(DeliverMessageTest, WaitingForTheNextChannelsTurnForgetsNoneThatTried) {
    rules.replace({{"second", {.perSecond = 1, .resendInDoubt = {}}}});
    first->answer = saying(SendStatus::Retry, {}, "not now");
    EXPECT_EQ(deliver().channel, "second");
    const auto held = deliver();
    EXPECT_EQ(held.outcome, JobOutcome::Retry);
    EXPECT_EQ(held.pacedFor, "second");
    EXPECT_EQ(held.runAgainAt, kMorning + 1s);
    EXPECT_EQ(held.channel, "first") << "it may report later that it sent the message after all";
    EXPECT_FALSE(held.held) << "that was an attempt";
    EXPECT_EQ(held.error, "first: not now; waits for its turn at the channel second");

    job.notAfter = kMorning + 1500ms;
    const auto late = deliver();
    EXPECT_EQ(late.outcome, JobOutcome::Failed);
    EXPECT_EQ(late.channel, "first");
}

TEST_F(DeliverMessageTest, AShortWaitIsWaited) {
    rules.replace({{"first", {.perSecond = 20, .resendInDoubt = {}}}});
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(deliver().outcome, JobOutcome::Sent);
    EXPECT_EQ(clock.now(), kMorning + 100ms);
}

TEST_F(DeliverMessageTest, WithoutATurnBeforeItsTimeItFails) {
    rules.replace({{"first", {.perSecond = 1, .resendInDoubt = {}}}});
    job.notAfter = kMorning + 1500ms;
    EXPECT_EQ(deliver().outcome, JobOutcome::Sent);
    EXPECT_EQ(deliver().runAgainAt, kMorning + 1s);
    const auto late = deliver();
    EXPECT_EQ(late.outcome, JobOutcome::Failed);
    EXPECT_THAT(late.error, HasSubstr("no turn"));
}

TEST(NextAttempt, GrowsToACapAndStaysBeforeTheEnd) {
    const auto wait = [](int attempt, double jitter, Milliseconds left = 24h) {
        return *nextAttempt(attempt, kMorning, kMorning + left, {}, [jitter] { return jitter; }) - kMorning;
    };
    EXPECT_EQ(wait(1, 0.5), 5s);
    EXPECT_EQ(wait(2, 0.5), 10s);
    EXPECT_EQ(wait(3, 0.5), 20s);
    EXPECT_EQ(wait(11, 0.5), 30min);
    EXPECT_EQ(wait(5, 0.0), 0s);
    EXPECT_LT(wait(11, 0.999, 1min), 1min) << "spread over what is left";
    const auto random = randomJitter();
    for (int i = 0; i < 1000; ++i) {
        const auto value = random();
        ASSERT_GE(value, 0.0);
        ASSERT_LT(value, 1.0);
    }
}

} // namespace
} // namespace rota::app
