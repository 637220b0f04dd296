#pragma once

#include "contract/stores_under_test.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace rota::testing {

/// What every JobStore promises. Include once in a program and instantiate.
class JobStoreContract : public StoresContract {
protected:
    /// The three jobs of an appointment on the Tuesday at 9:00, by their time.
    JobStoreContract() {
        const auto made = book(wanted(at(9)));
        appointment_ = made.id;
        auto queued = made.jobs;
        std::sort(queued.begin(), queued.end(), [](auto& a, auto& b) { return a.runAt < b.runAt; });
        confirmation_ = queued.at(0).id;
        email_ = queued.at(1).id;
        sms_ = queued.at(2).id;
    }

    app::JobStore& jobs() { return stores_->jobs(); }

    app::JobStore::Claim claim(std::vector<base::JobId> ids, base::Instant now) {
        return jobs().claim(ids, now, now + kLease);
    }

    app::ClaimedJob claimOne(base::JobId id, base::Instant now) {
        const auto claim = this->claim({id}, now);
        EXPECT_EQ(claim.claimed.size(), 1u);
        return claim.claimed.at(0);
    }

    static app::JobResult result(const app::ClaimedJob& job, app::JobOutcome outcome, base::Instant finished) {
        app::JobResult made;
        made.id = job.id;
        made.leaseToken = job.leaseToken;
        made.attempt = job.attempt;
        made.outcome = outcome;
        made.startedAt = finished;
        made.finishedAt = finished;
        made.channel = "console";
        return made;
    }

    std::vector<app::QueuedJob> finish(const app::JobResult& done) { return jobs().finish(std::vector{done}); }

    static constexpr base::Milliseconds kLease = std::chrono::seconds{30};
    static inline const base::Instant kEmailDue = at(9) - std::chrono::hours{24};
    static inline const base::Instant kSmsDue = at(7);

    base::AppointmentId appointment_;
    base::JobId confirmation_;
    base::JobId email_;
    base::JobId sms_;
};

TEST_P(JobStoreContract, AClaimTellsAllThatTheMessageNeeds) {
    const auto job = claimOne(email_, kEmailDue);
    EXPECT_EQ(job.id, email_);
    EXPECT_EQ(job.kind, domain::JobKind::EmailReminder);
    EXPECT_EQ(job.attempt, 1);
    EXPECT_FALSE(job.leaseToken.empty());
    EXPECT_EQ(job.runAt, kEmailDue);
    EXPECT_EQ(job.notAfter, at(9));
    ASSERT_TRUE(job.appointment);
    EXPECT_EQ(job.appointment->id, appointment_);
    EXPECT_EQ(job.appointment->start, at(9));
    EXPECT_EQ(job.appointment->duration, base::Minutes{30});
    EXPECT_EQ(job.doctorName, "Dr. Ada Quill");
    EXPECT_EQ(job.patientName, "Zoë Núñez");
    EXPECT_EQ(job.patientEmail, "zoe@example.org");
    EXPECT_EQ(job.patientPhone, "555-010-0199");
    EXPECT_EQ(stores_->jobState(email_), "running");
}

TEST_P(JobStoreContract, EveryIdOfAClaimGetsItsAnswer) {
    claimOne(confirmation_, kNow);
    const auto claim = this->claim({confirmation_, email_, sms_, {999'999}}, kEmailDue);
    ASSERT_EQ(claim.claimed.size(), 1u);
    EXPECT_EQ(claim.claimed[0].id, email_);
    ASSERT_EQ(claim.later.size(), 1u);
    EXPECT_EQ(claim.later[0].id, sms_);
    EXPECT_EQ(claim.later[0].runAt, kSmsDue);
    auto gone = claim.gone;
    std::sort(gone.begin(), gone.end());
    std::vector<base::JobId> expected{confirmation_, {999'999}};
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(gone, expected) << "running elsewhere, or unknown";
}

TEST_P(JobStoreContract, AJobIsDueAtItsMillisecondAndNotBefore) {
    EXPECT_TRUE(claim({sms_}, kSmsDue - base::Milliseconds{1}).claimed.empty());
    EXPECT_EQ(claim({sms_}, kSmsDue).claimed.size(), 1u);
}

TEST_P(JobStoreContract, NothingIsClaimedTwice) {
    EXPECT_EQ(claim({email_}, kEmailDue).claimed.size(), 1u);
    const auto again = claim({email_}, kEmailDue);
    EXPECT_TRUE(again.claimed.empty());
    EXPECT_EQ(again.gone, std::vector{email_});
    EXPECT_TRUE(jobs().claimDue(10, kNow - std::chrono::hours{1}, kNow).empty());
}

TEST_P(JobStoreContract, NothingIsClaimedAtTheStartOrLater) {
    EXPECT_EQ(claim({sms_}, at(9)).gone, std::vector{sms_});
    EXPECT_EQ(stores_->jobState(sms_), "expired");
    EXPECT_TRUE(jobs().claimDue(10, at(9), at(10)).empty());
}

TEST_P(JobStoreContract, NothingIsClaimedForACancelledAppointment) {
    stores_->appointments().cancel(appointment_, always(false), kNow);
    const auto claim = this->claim({email_, sms_}, kSmsDue);
    EXPECT_TRUE(claim.claimed.empty());
    EXPECT_TRUE(claim.later.empty());
    EXPECT_EQ(claim.gone.size(), 2u);
    EXPECT_TRUE(jobs().claimDue(10, kSmsDue, kSmsDue + kLease).empty());
}

TEST_P(JobStoreContract, ClaimDueTakesTheMostOverdueFirst) {
    const auto first = jobs().claimDue(1, kSmsDue, kSmsDue + kLease);
    ASSERT_EQ(first.size(), 1u);
    EXPECT_EQ(first[0].id, confirmation_);
    const auto rest = jobs().claimDue(10, kSmsDue, kSmsDue + kLease);
    ASSERT_EQ(rest.size(), 2u);
    EXPECT_EQ(rest[0].id, email_);
    EXPECT_EQ(rest[1].id, sms_);
    EXPECT_NE(rest[0].leaseToken, "");
}

TEST_P(JobStoreContract, SentMarksTheAppointment) {
    const auto job = claimOne(email_, kEmailDue);
    const auto sentAt = kEmailDue + base::Milliseconds{7};
    EXPECT_TRUE(finish(result(job, app::JobOutcome::Sent, sentAt)).empty());
    EXPECT_EQ(stores_->jobState(email_), "sent");
    EXPECT_EQ(stores_->deliveries(email_), 1);
    EXPECT_EQ(stores_->reminderSentAt(appointment_, domain::JobKind::EmailReminder), sentAt);
    EXPECT_FALSE(stores_->reminderSentAt(appointment_, domain::JobKind::SmsReminder));
    EXPECT_EQ(claim({email_}, kSmsDue).gone, std::vector{email_});
}

TEST_P(JobStoreContract, SmsHasAMarkOfItsOwnAndTheConfirmationNone) {
    finish(result(claimOne(confirmation_, kNow), app::JobOutcome::Sent, kNow));
    EXPECT_FALSE(stores_->reminderSentAt(appointment_, domain::JobKind::EmailReminder));
    finish(result(claimOne(sms_, kSmsDue), app::JobOutcome::Sent, kSmsDue));
    EXPECT_EQ(stores_->reminderSentAt(appointment_, domain::JobKind::SmsReminder), kSmsDue);
    EXPECT_FALSE(stores_->reminderSentAt(appointment_, domain::JobKind::EmailReminder));
}

TEST_P(JobStoreContract, ARetryWaitsForItsTime) {
    auto retry = result(claimOne(email_, kEmailDue), app::JobOutcome::Retry, kEmailDue);
    retry.runAgainAt = kEmailDue + std::chrono::seconds{5};
    const auto again = finish(retry);
    ASSERT_EQ(again.size(), 1u);
    EXPECT_EQ(again[0].id, email_);
    EXPECT_EQ(again[0].runAt, retry.runAgainAt);
    EXPECT_EQ(stores_->jobState(email_), "retry");
    EXPECT_EQ(claim({email_}, kEmailDue).later.size(), 1u);
    const auto second = claimOne(email_, retry.runAgainAt);
    EXPECT_EQ(second.attempt, 2);
    EXPECT_EQ(second.runAt, retry.runAgainAt);
    EXPECT_EQ(second.dueAt, kEmailDue) << "as it was at first";
    auto later = result(second, app::JobOutcome::Retry, retry.runAgainAt);
    later.runAgainAt = retry.runAgainAt + std::chrono::seconds{10};
    finish(later);
    EXPECT_EQ(claimOne(email_, later.runAgainAt).dueAt, kEmailDue);
}

TEST_P(JobStoreContract, FinalOutcomesEndAJob) {
    const auto finished = [&](base::JobId id, base::Instant due, app::JobOutcome outcome) {
        EXPECT_TRUE(finish(result(claimOne(id, due), outcome, due)).empty());
        EXPECT_EQ(claim({id}, due).gone, std::vector{id});
        return stores_->jobState(id);
    };
    EXPECT_EQ(finished(confirmation_, kNow, app::JobOutcome::Failed), "failed");
    EXPECT_EQ(finished(email_, kEmailDue, app::JobOutcome::Unknown), "unknown");
    EXPECT_EQ(finished(sms_, kSmsDue, app::JobOutcome::Suppressed), "suppressed");
    EXPECT_FALSE(stores_->reminderSentAt(appointment_, domain::JobKind::EmailReminder));
}

TEST_P(JobStoreContract, AResultWithoutItsLeaseChangesNothing) {
    const auto job = claimOne(email_, kEmailDue);
    auto stranger = result(job, app::JobOutcome::Failed, kEmailDue);
    stranger.leaseToken = "another";
    EXPECT_TRUE(finish(stranger).empty());
    auto earlier = result(job, app::JobOutcome::Failed, kEmailDue);
    earlier.attempt = 0;
    EXPECT_TRUE(finish(earlier).empty());
    EXPECT_EQ(stores_->jobState(email_), "running");
    finish(result(job, app::JobOutcome::Sent, kEmailDue));
    EXPECT_EQ(stores_->jobState(email_), "sent");
}

TEST_P(JobStoreContract, ManyResultsAtOnce) {
    const auto claim = this->claim({sms_, confirmation_, email_}, kSmsDue);
    ASSERT_EQ(claim.claimed.size(), 3u);
    std::vector<app::JobResult> results;
    for (const auto& job : claim.claimed)
        results.push_back(result(job, app::JobOutcome::Sent, kSmsDue));
    EXPECT_TRUE(jobs().finish(results).empty());
    for (const auto id : {confirmation_, email_, sms_})
        EXPECT_EQ(stores_->jobState(id), "sent");
    EXPECT_TRUE(jobs().finish({}).empty());
}

TEST_P(JobStoreContract, ARetryOfACancelledAppointmentIsCancelled) {
    auto retry = result(claimOne(email_, kEmailDue), app::JobOutcome::Retry, kEmailDue);
    retry.runAgainAt = kEmailDue + std::chrono::seconds{5};
    const auto done = stores_->appointments().cancel(appointment_, always(false), kEmailDue);
    ASSERT_TRUE(done && *done);
    EXPECT_EQ((*done)->inFlight.size(), 1u);
    EXPECT_TRUE(finish(retry).empty());
    EXPECT_EQ(stores_->jobState(email_), "cancelled");
}

TEST_P(JobStoreContract, WhatWasClaimedMayStillBeSentAfterACancellation) {
    const auto job = claimOne(email_, kEmailDue);
    stores_->appointments().cancel(appointment_, always(false), kEmailDue);
    finish(result(job, app::JobOutcome::Sent, kEmailDue));
    EXPECT_EQ(stores_->jobState(email_), "sent");
}

TEST_P(JobStoreContract, ReleasedJobsAreAsIfNeverClaimed) {
    const auto job = claimOne(email_, kEmailDue);
    jobs().release(std::vector{job}, kEmailDue);
    EXPECT_EQ(stores_->jobState(email_), "scheduled");
    const auto again = claimOne(email_, kEmailDue);
    EXPECT_EQ(again.attempt, 1);
    EXPECT_NE(again.leaseToken, job.leaseToken);
    jobs().release(std::vector{job}, kEmailDue);
    EXPECT_EQ(stores_->jobState(email_), "running") << "the lease was lost before";
}

TEST_P(JobStoreContract, WhatIsGivenBackAfterACancellationIsOver) {
    const auto job = claimOne(email_, kEmailDue);
    stores_->appointments().cancel(appointment_, always(false), kEmailDue);
    jobs().release(std::vector{job}, kEmailDue);
    EXPECT_EQ(stores_->jobState(email_), "cancelled");
    EXPECT_EQ(stores_->jobFinishedAt(email_), kEmailDue);
}

TEST_P(JobStoreContract, PendingIsAStreamByTime) {
    const auto end = at(9);
    const auto all = jobs().pending({}, end, 10);
    ASSERT_EQ(all.size(), 3u);
    for (std::size_t i = 1; i < all.size(); ++i)
        EXPECT_LT(std::pair(all[i - 1].runAt, all[i - 1].id), std::pair(all[i].runAt, all[i].id));
    const auto rest = jobs().pending(all[0], end, 1);
    ASSERT_EQ(rest.size(), 1u);
    EXPECT_EQ(rest[0].id, all[1].id);
    EXPECT_EQ(rest[0].runAt, all[1].runAt);
    EXPECT_EQ(jobs().pending({}, kSmsDue, 10).size(), 2u) << "before that time, not at it";
    claimOne(confirmation_, kNow);
    EXPECT_EQ(jobs().pending({}, end, 10).size(), 2u) << "what runs is not pending";
}

TEST_P(JobStoreContract, AnExpiredLeaseIsInDoubt) {
    claimOne(email_, kEmailDue);
    EXPECT_EQ(jobs().expireLeases(kEmailDue + kLease), 0u);
    EXPECT_EQ(stores_->jobState(email_), "running");
    EXPECT_EQ(jobs().expireLeases(kEmailDue + kLease + base::Milliseconds{1}), 1u);
    EXPECT_EQ(stores_->jobState(email_), "unknown");
    EXPECT_EQ(claim({email_}, kSmsDue).gone, std::vector{email_}) << "it may have been sent: never again";
}

TEST_P(JobStoreContract, OverdueCountsWhatWaitsTooLong) {
    const base::Milliseconds grace = std::chrono::minutes{1};
    EXPECT_EQ(jobs().overdue(kNow + grace, grace), 0u);
    EXPECT_EQ(jobs().overdue(kNow + grace + base::Milliseconds{1}, grace), 1u);
    claimOne(confirmation_, kNow);
    EXPECT_EQ(jobs().overdue(kNow + grace + base::Milliseconds{1}, grace), 0u);
}

TEST_P(JobStoreContract, AloneMeansAlone) {
    bool inner = true;
    bool otherName = false;
    EXPECT_TRUE(jobs().alone("rebuild", [&] {
        inner = jobs().alone("rebuild", [] { FAIL() << "two at once"; });
        otherName = jobs().alone("expiry", [] {});
    }));
    EXPECT_FALSE(inner);
    EXPECT_TRUE(otherName);
    EXPECT_THROW(jobs().alone("rebuild", [] { throw std::runtime_error("x"); }), std::runtime_error);
    EXPECT_TRUE(jobs().alone("rebuild", [] {})) << "an exception gives the lock back";
}

} // namespace rota::testing
