#include "app/retry_job.hpp"
#include "postgres/job_ledger.hpp"
#include "postgres_stores.hpp"
#include "support/in_memory_job_queue.hpp"
#include "support/manual_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rota::testing {
namespace {

using app::JobOutcome;
using app::RetryRefused;
using std::chrono::hours;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class JobLedgerTest : public ::testing::Test {
protected:
    JobLedgerTest() {
        domain::Doctor doctor;
        doctor.name = "Dr. Ada Quill";
        const auto doctorId = stores_.addDoctor(doctor);
        domain::Patient patient;
        patient.name = "Zoe Nunez";
        patient.email = "zoe@example.org";
        patient.phone = "555-010-0199";
        patient.dateOfBirth = base::Date{std::chrono::year{1984}, std::chrono::May, std::chrono::day{1}};
        const auto patientId = stores_.patients().findOrCreate(patient, kNow).patient.id;
        stores_.appointments().withCalendar([&](app::BookingCalendar& calendar) {
            const auto made = std::get<app::BookingMade>(
                calendar.write({doctorId, patientId, kStart, base::Minutes{30}, domain::VisitType::Standard},
                               domain::jobsForBooking(kNow, kStart, {}), 0, kNow));
            appointment_ = made.id;
            confirmation_ = made.jobs.at(0).id;
            email_ = made.jobs.at(1).id;
        });
    }

    void finish(base::JobId id, JobOutcome outcome, std::vector<app::FailedTry> earlier = {}) {
        const auto claim = stores_.jobs().claim(std::vector{id}, kDue, kDue + seconds{30});
        const auto& job = claim.claimed.at(0);
        app::JobResult result;
        result.id = id;
        result.leaseToken = job.leaseToken;
        result.attempt = job.attempt;
        result.outcome = outcome;
        result.startedAt = result.finishedAt = kDue;
        result.channel = "main";
        result.providerCode = "550";
        result.error = "no such mailbox";
        result.earlier = std::move(earlier);
        stores_.jobs().finish(std::vector{result});
    }

    RetryRefused refusal(base::JobId id, bool maySendTwice = false) {
        const auto done = retry_(id, maySendTwice);
        EXPECT_FALSE(done);
        return done.error();
    }

    std::vector<std::int64_t> ids(const app::JobsWanted& wanted) {
        std::vector<std::int64_t> found;
        for (const auto& job : ledger_.jobs(wanted))
            found.push_back(job.id.value);
        return found;
    }

    static inline const base::Instant kNow = base::fromUnixMs(1'773'144'000'000);
    static inline const base::Instant kStart = kNow + hours{72};
    static inline const base::Instant kDue = kStart - hours{24};

    PostgresStores stores_;
    postgres::PostgresJobLedger ledger_{stores_.pool};
    InMemoryJobQueue queue_;
    ManualClock clock_{kDue};
    app::RetryJob retry_{ledger_, queue_, clock_};
    base::AppointmentId appointment_;
    base::JobId confirmation_;
    base::JobId email_;
};

TEST_F(JobLedgerTest, ShowsAJobWithoutTheContactData) {
    finish(email_, JobOutcome::Failed);
    const auto job = ledger_.find(email_);
    ASSERT_TRUE(job);
    EXPECT_EQ(job->kind, domain::JobKind::EmailReminder);
    EXPECT_EQ(job->state, "failed");
    EXPECT_EQ(job->appointment, appointment_);
    EXPECT_EQ(job->runAt, kDue);
    EXPECT_EQ(job->notAfter, kStart);
    EXPECT_EQ(job->finishedAt, kDue);
    EXPECT_EQ(job->attempt, 1);
    EXPECT_EQ(job->channel, "main");
    EXPECT_EQ(job->lastError, "no such mailbox");
    EXPECT_TRUE(job->stands);
    EXPECT_FALSE(ledger_.find({999'999}));
}

TEST_F(JobLedgerTest, ListsWhatFitsNewestFirstPageByPage) {
    finish(confirmation_, JobOutcome::Failed);
    EXPECT_THAT(ids({.state = "failed"}), ElementsAre(confirmation_.value));
    EXPECT_THAT(ids({.kind = domain::JobKind::EmailReminder}), ElementsAre(email_.value));
    EXPECT_EQ(ids({.appointment = appointment_}).size(), 3u);
    EXPECT_THAT(ids({.appointment = base::AppointmentId{999'999}}), IsEmpty());
    const auto first = ids({.limit = 2});
    ASSERT_EQ(first.size(), 2u);
    EXPECT_GT(first[0], first[1]);
    EXPECT_THAT(ids({.before = first[1], .limit = 2}), ElementsAre(confirmation_.value));

    const auto deliveries = ledger_.deliveries({.job = confirmation_});
    ASSERT_EQ(deliveries.size(), 1u);
    EXPECT_EQ(deliveries[0].outcome, "failed");
    EXPECT_EQ(deliveries[0].providerCode, "550");
    EXPECT_THAT(ledger_.deliveries({.channel = "other"}), IsEmpty());
    EXPECT_THAT(ledger_.deliveries({.outcome = "sent"}), IsEmpty());
    EXPECT_THAT(ledger_.deliveries({.before = deliveries[0].id}), IsEmpty());
}

TEST_F(JobLedgerTest, ListsEveryChannelThatTried) {
    app::FailedTry tried{"first", JobOutcome::Retry, "503", "not now", kDue - seconds{3}, kDue - seconds{1}};
    app::FailedTry refused;
    refused.channel = "second";
    refused.outcome = JobOutcome::Failed;
    finish(confirmation_, JobOutcome::Sent, {tried, refused});
    finish(email_, JobOutcome::Sent, {refused});
    const auto deliveries = ledger_.deliveries({.job = confirmation_});
    ASSERT_EQ(deliveries.size(), 3u);
    EXPECT_EQ(deliveries[0].channel, "main");
    EXPECT_EQ(deliveries[0].outcome, "sent");
    EXPECT_EQ(deliveries[1].channel + " " + deliveries[1].outcome, "second failed");
    const auto& first = deliveries[2];
    EXPECT_EQ(first.channel + " " + first.outcome + " " + first.providerCode + " " + first.error,
              "first retry 503 not now");
    EXPECT_EQ(first.attempt, 1);
    EXPECT_EQ(first.startedAt, tried.startedAt);
    EXPECT_EQ(first.finishedAt, tried.finishedAt);
    EXPECT_EQ(ledger_.deliveries({.job = email_}).at(1).channel, "second");
}

TEST_F(JobLedgerTest, WhatFailedRunsAgainAsANewMessage) {
    finish(email_, JobOutcome::Failed);
    clock_.advance(hours{1});
    const auto job = retry_(email_, false);
    ASSERT_TRUE(job);
    EXPECT_EQ(job->state, "retry");
    EXPECT_EQ(job->runAt, clock_.now());
    EXPECT_EQ(queue_.due().at(email_), clock_.now());
    const auto again = stores_.jobs().claim(std::vector{email_}, clock_.now(), clock_.now() + seconds{30});
    EXPECT_EQ(again.claimed.at(0).attempt, 1);
    EXPECT_EQ(again.claimed.at(0).round, 1);
    // What was said of the first message says nothing of the second.
    stores_.deliveries().report({"main", email_, "", {domain::Reported::Undelivered, kDue}}, clock_.now());
    EXPECT_EQ(refusal(email_), RetryRefused::NotFinished) << "it runs";
}

TEST_F(JobLedgerTest, WhatMayHaveBeenSentRunsAgainOnlyWhenThatIsAgreedTo) {
    finish(email_, JobOutcome::Unknown);
    EXPECT_EQ(refusal(email_), RetryRefused::MaySendTwice);
    ASSERT_TRUE(retry_(email_, true));
    const auto again = stores_.jobs().claim(std::vector{email_}, clock_.now(), clock_.now() + seconds{30});
    EXPECT_EQ(again.claimed.at(0).round, 0) << "a provider that has it drops the repetition";
}

TEST_F(JobLedgerTest, RefusesWhatMustNotRun) {
    EXPECT_EQ(refusal({999'999}), RetryRefused::UnknownJob);
    EXPECT_EQ(refusal(email_), RetryRefused::NotFinished);
    finish(confirmation_, JobOutcome::Sent);
    EXPECT_EQ(refusal(confirmation_), RetryRefused::NotFinished);
    finish(email_, JobOutcome::Failed);
    clock_.set(kStart);
    EXPECT_EQ(refusal(email_), RetryRefused::TooLate);
    clock_.set(kDue);
    stores_.appointments().cancel(
        appointment_,
        [](const auto&) {
            return app::AppointmentStore::CancellationDecision{true, false, {}};
        },
        kDue);
    EXPECT_EQ(refusal(email_), RetryRefused::Void);
    EXPECT_THAT(queue_.due(), IsEmpty());
}

} // namespace
} // namespace rota::testing
