#include "app/deliver_message.hpp"
#include "base/limits.hpp"
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

const Instant kNow = std::chrono::sys_days{std::chrono::year{2026} / 3 / 9} + 13h;
const Instant kStart = kNow + 24h;

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
        return DeliverMessage(channels, templates, clock, clinic, [this] { return jitter; })(job);
    }

    static SendResult saying(SendStatus status, Milliseconds wait = {}, std::string error = "") {
        return {status, wait, "", "", std::move(error)};
    }

    testing::ManualClock clock{kNow};
    std::shared_ptr<ScriptedChannel> first = std::make_shared<ScriptedChannel>("first", clock);
    std::shared_ptr<ScriptedChannel> second = std::make_shared<ScriptedChannel>("second", clock);
    FixedChannels channels;
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
        EXPECT_EQ(deliver().outcome, JobOutcome::Sent);
        EXPECT_THAT(first->messages.back().attachments, IsEmpty());
    }
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
        const auto before = second->messages.size();
        const auto result = deliver();
        EXPECT_EQ(result.outcome, JobOutcome::Sent);
        EXPECT_EQ(result.channel, "second");
        EXPECT_EQ(second->messages.size(), before + 1);
    }
}

TEST_F(DeliverMessageTest, NeverFailsOverFromWhatMayHaveBeenSentOrIsNotWanted) {
    first->answer = saying(SendStatus::UnknownOutcome);
    EXPECT_EQ(deliver().outcome, JobOutcome::Unknown);
    first->answer = saying(SendStatus::Suppressed);
    EXPECT_EQ(deliver().outcome, JobOutcome::Suppressed);
    EXPECT_THAT(second->messages, IsEmpty());

    first->answer = saying(SendStatus::Retry);
    second->answer = saying(SendStatus::UnknownOutcome);
    EXPECT_EQ(deliver().outcome, JobOutcome::Unknown) << "the second may have sent it";
}

TEST_F(DeliverMessageTest, OneThatMayWorkLaterIsEnoughToRetry) {
    for (const auto status : {SendStatus::Retry, SendStatus::RateLimited, SendStatus::Broken}) {
        first->answer = saying(status);
        second->answer = saying(SendStatus::Failed);
        const auto result = deliver();
        EXPECT_EQ(result.outcome, JobOutcome::Retry);
        EXPECT_EQ(result.runAgainAt, kNow + 5s) << "half of the first wait";
    }
    first->answer = saying(SendStatus::Failed, {}, "no such mailbox");
    const auto result = deliver();
    EXPECT_EQ(result.outcome, JobOutcome::Failed);
    EXPECT_THAT(result.error, HasSubstr("first: no such mailbox"));
}

TEST_F(DeliverMessageTest, WaitsAsLongAsTheSoonestOfTheProvidersAsks) {
    first->answer = saying(SendStatus::RateLimited, 10min);
    second->answer = saying(SendStatus::RateLimited, 3min);
    EXPECT_EQ(deliver().runAgainAt, kNow + 3min);
    second->answer = saying(SendStatus::Failed);
    EXPECT_EQ(deliver().runAgainAt, kNow + 10min);
    first->answer = saying(SendStatus::RateLimited, 6h);
    EXPECT_EQ(deliver().runAgainAt, kNow + 1h) << "capped";
}

TEST_F(DeliverMessageTest, StopsAtTheEndOfTimeOrAttempts) {
    channels.email = {first};
    first->answer = saying(SendStatus::RateLimited, 10min, "slow down");
    job.notAfter = kNow + 10min;
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
    first->takes = base::limits::kJobLease - base::limits::kSendAndRecord;
    EXPECT_EQ(deliver().outcome, JobOutcome::Sent);
    first->takes += 1ms;
    EXPECT_EQ(deliver().outcome, JobOutcome::Retry);
    EXPECT_EQ(second->messages.size(), 1u);
}

TEST(NextAttempt, GrowsToACapAndStaysBeforeTheEnd) {
    const auto wait = [](int attempt, double jitter, Milliseconds left = 24h) {
        return *nextAttempt(attempt, kNow, kNow + left, {}, [jitter] { return jitter; }) - kNow;
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
