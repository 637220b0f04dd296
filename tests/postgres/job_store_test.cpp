#include "postgres_stores.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <mutex>
#include <set>
#include <thread>

namespace rota::testing {
namespace {

using app::JobOutcome;
using domain::JobKind;
using std::chrono::hours;
using std::chrono::seconds;

/// What only a real database can show of the jobs: several sessions at them at once.
class JobStoreTest : public ::testing::Test {
protected:
    static constexpr base::Milliseconds kLease = seconds{30};
    static inline const base::Instant kStart = std::chrono::sys_days(kTuesday) + hours{14};
    static inline const base::Instant kNow = kStart - hours{72};
    /// Everything is due, and nothing too late.
    static inline const base::Instant kDue = kStart - base::Minutes{30};

    static inline const std::vector<domain::PlannedJob> kAtOnce{
        {JobKind::Confirmation, kNow}, {JobKind::EmailReminder, kNow}, {JobKind::SmsReminder, kNow}};

    JobStoreTest() {
        domain::Doctor doctor;
        doctor.name = "Dr. Ada Quill";
        doctor.specialty = "Cardiology";
        doctor_ = stores_.addDoctor(doctor);
        domain::Patient patient;
        patient.name = "Kim";
        patient.email = "kim@example.org";
        patient.phone = "555-010-0100";
        patient.dateOfBirth = kTuesday;
        patient_ = stores_.patients().findOrCreate(patient, kNow).patient.id;
    }

    app::JobStore& jobs() { return stores_.jobs(); }

    app::BookingMade book(base::Instant start) {
        app::BookingWrite written;
        stores_.appointments().withLockedCalendar(doctor_, [&](app::BookingCalendar& calendar) {
            const base::Interval day{start - hours{12}, start + hours{12}};
            const auto seen = calendar.read(doctor_, patient_, kTuesday, day, {start, start + base::Minutes{15}});
            written = calendar.write({doctor_, patient_, start, base::Minutes{15}, domain::VisitType::Standard},
                                     kAtOnce, seen->calendarVersion, kNow);
        });
        return std::get<app::BookingMade>(written);
    }

    std::vector<app::BookingMade> bookMany(int count) {
        std::vector<app::BookingMade> made;
        for (int i = 0; i < count; ++i)
            made.push_back(book(kStart + base::Minutes{15 * i}));
        return made;
    }

    /// Cancels, and asks for a promotion.
    app::CancellationDone cancel(base::AppointmentId id) {
        return **stores_.appointments().cancel(
            id,
            [](const domain::Appointment&) {
                return app::AppointmentStore::CancellationDecision{
                    .cancel = true, .feeApplied = false, .newJobs = {{JobKind::PromoteWaitlist, kNow}}};
            },
            kNow);
    }

    static app::JobResult resultOf(const app::ClaimedJob& job, JobOutcome outcome) {
        app::JobResult result;
        result.id = job.id;
        result.leaseToken = job.leaseToken;
        result.attempt = job.attempt;
        result.outcome = outcome;
        result.startedAt = kDue;
        result.finishedAt = kDue + base::Milliseconds{7};
        result.runAgainAt = kDue + seconds{1};
        result.channel = "console";
        return result;
    }

    static std::vector<base::JobId> idsOf(const std::vector<app::BookingMade>& bookings) {
        std::vector<base::JobId> ids;
        for (const app::BookingMade& booking : bookings)
            for (const app::QueuedJob& job : booking.jobs)
                ids.push_back(job.id);
        return ids;
    }

    std::int64_t count(const std::string& where) {
        return stores_.database.number("SELECT COUNT(*) FROM jobs WHERE " + where);
    }

    PostgresStores stores_;
    base::DoctorId doctor_;
    base::PatientId patient_;
};

TEST_F(JobStoreTest, TwoClaimersNeverGetTheSameJob) {
    const std::vector<base::JobId> ids = idsOf(bookMany(100));
    ASSERT_EQ(ids.size(), 300u);
    std::mutex mutex;
    std::multiset<base::JobId> claimed;
    std::vector<std::thread> claimers;
    std::barrier together(6);
    for (int claimer = 0; claimer < 6; ++claimer)
        claimers.emplace_back([&, claimer] {
            for (std::size_t from = 0; from < ids.size(); from += 20) {
                // All want the same ids, each by another way and in another order.
                std::vector<base::JobId> some(ids.begin() + static_cast<std::ptrdiff_t>(from),
                                              ids.begin() + static_cast<std::ptrdiff_t>(from + 20));
                if (claimer % 2) std::reverse(some.begin(), some.end());
                together.arrive_and_wait();
                const auto got = claimer < 4 ? jobs().claim(some, kDue, kDue + kLease).claimed
                                             : jobs().claimDue(20, kDue, kDue + kLease);
                const std::lock_guard lock(mutex);
                for (const app::ClaimedJob& job : got)
                    claimed.insert(job.id);
            }
        });
    for (std::thread& claimer : claimers)
        claimer.join();
    EXPECT_EQ(claimed.size(), 300u);
    EXPECT_EQ(std::set<base::JobId>(claimed.begin(), claimed.end()).size(), 300u);
}

TEST_F(JobStoreTest, ABatchIsBoundedAndTheRestIsStillToCome) {
    const std::vector<base::JobId> ids = idsOf(bookMany(25));
    const auto claim = jobs().claim(ids, kDue, kDue + kLease);
    EXPECT_EQ(claim.claimed.size(), 64u);
    EXPECT_EQ(claim.later.size(), ids.size() - 64);
    EXPECT_TRUE(claim.gone.empty());
    EXPECT_EQ(jobs().claimDue(1000, kDue, kDue + kLease).size(), ids.size() - 64);
}

TEST_F(JobStoreTest, ALostLeaseChangesNothing) {
    const auto booking = book(kStart);
    const auto job = jobs().claim(idsOf({booking}), kDue, kDue + kLease).claimed.at(0);
    EXPECT_EQ(jobs().expireLeases(kDue + kLease + seconds{1}), 3u);
    const std::string before = stores_.database.value("SELECT string_agg(j::text, E'\\n' ORDER BY id) FROM jobs j");

    for (const JobOutcome outcome : {JobOutcome::Sent, JobOutcome::Retry, JobOutcome::Failed})
        EXPECT_TRUE(jobs().finish(std::vector{resultOf(job, outcome)}).empty());
    jobs().release(std::vector{job}, kDue);
    EXPECT_EQ(stores_.database.value("SELECT string_agg(j::text, E'\\n' ORDER BY id) FROM jobs j"), before);
    EXPECT_EQ(stores_.database.number("SELECT COUNT(*) FROM deliveries"), 0);
    EXPECT_FALSE(stores_.reminderSentAt(booking.id, JobKind::EmailReminder));
}

TEST_F(JobStoreTest, BothRemindersOfOneBatchAreMarked) {
    const auto booking = book(kStart);
    std::vector<app::JobResult> results;
    for (const app::ClaimedJob& job : jobs().claim(idsOf({booking}), kDue, kDue + kLease).claimed) {
        results.push_back(resultOf(job, JobOutcome::Sent));
        results.back().providerMessageId = "provider-" + std::to_string(job.id.value);
        results.back().providerCode = "202";
    }
    jobs().finish(results);
    EXPECT_EQ(stores_.reminderSentAt(booking.id, JobKind::EmailReminder), kDue + base::Milliseconds{7});
    EXPECT_EQ(stores_.reminderSentAt(booking.id, JobKind::SmsReminder), kDue + base::Milliseconds{7});
    EXPECT_EQ(count("state = 'sent' AND provider_message_id = 'provider-' || id AND finished_at IS NOT NULL"), 3);
    EXPECT_EQ(stores_.database.number("SELECT COUNT(*) FROM deliveries d JOIN jobs j ON j.id = d.job_id WHERE "
                                      "d.attempt = 1 AND d.channel = 'console' AND d.outcome = 'sent' AND "
                                      "d.provider_code = '202' AND d.provider_message_id = j.provider_message_id"),
              3);
}

TEST_F(JobStoreTest, ARetryThatWouldComeTooLateExpires) {
    const auto booking = book(kStart);
    auto retry = resultOf(jobs().claim(idsOf({booking}), kDue, kDue + kLease).claimed.at(0), JobOutcome::Retry);
    retry.runAgainAt = kStart;
    retry.error = "timeout, \"quoted\", {braces} and \\";
    EXPECT_TRUE(jobs().finish(std::vector{retry}).empty());
    EXPECT_EQ(stores_.jobState(retry.id), "expired");
    EXPECT_EQ(stores_.database.value("SELECT last_error FROM jobs WHERE state = 'expired'"), retry.error);
}

TEST_F(JobStoreTest, WorkThatLostItsLeaseRunsAgain) {
    const auto promotion = cancel(book(kStart).id).newJobs.at(0);
    const auto claimed = jobs().claim(std::vector{promotion.id}, kNow, kNow + kLease).claimed;
    ASSERT_EQ(claimed.size(), 1u) << "it does not need its appointment to stand";
    EXPECT_EQ(claimed[0].kind, JobKind::PromoteWaitlist);
    EXPECT_EQ(claimed[0].notAfter, kStart);
    EXPECT_EQ(jobs().expireLeases(kNow + kLease + seconds{1}), 1u);
    EXPECT_EQ(stores_.jobState(promotion.id), "retry");
    EXPECT_EQ(jobs().claim(std::vector{promotion.id}, kNow + seconds{40}, kNow + seconds{70}).claimed.at(0).attempt, 2);
}

// Rows of appointments that stand no more are moved out of the way, however they came to be.
TEST_F(JobStoreTest, ClaimDueClearsWhatCanNeverRun) {
    bookMany(30);
    stores_.database.execute("UPDATE appointments SET schedule_version = 2 WHERE id % 2 = 0");
    std::size_t claimed = 0;
    for (;;) {
        const auto batch = jobs().claimDue(10, kDue, kDue + kLease);
        if (batch.empty()) break;
        claimed += batch.size();
    }
    EXPECT_EQ(claimed, 45u);
    EXPECT_EQ(count("state = 'cancelled'"), 45);
    EXPECT_EQ(count("state IN ('scheduled', 'retry')"), 0);
}

// "No claim commits after the cancellation of its appointment": after a cancel has returned, a job of that appointment
// is void, or was running and is marked so; never does a later claim get it.
TEST_F(JobStoreTest, ClaimsAndCancellationsAndResultsMeetWithoutHarm) {
    const std::vector<app::BookingMade> bookings = bookMany(80);
    const std::vector<base::JobId> ids = idsOf(bookings);
    std::atomic<bool> stop{false};
    std::vector<std::thread> workers;
    for (int worker = 0; worker < 4; ++worker)
        workers.emplace_back([&, worker] {
            while (!stop) {
                const auto batch = worker % 2 ? jobs().claimDue(16, kDue, kDue + kLease)
                                              : jobs().claim(ids, kDue, kDue + kLease).claimed;
                std::vector<app::JobResult> results;
                for (const app::ClaimedJob& job : batch) {
                    results.push_back(resultOf(job, job.attempt < 3 ? JobOutcome::Retry : JobOutcome::Sent));
                    results.back().runAgainAt = kDue;
                }
                std::reverse(results.begin(), results.end());
                EXPECT_NO_THROW(jobs().finish(results)) << "a deadlock";
            }
        });
    int inFlight = 0;
    for (const app::BookingMade& booking : bookings) {
        const app::CancellationDone done = cancel(booking.id);
        inFlight += static_cast<int>(done.inFlight.size());
        for (const base::JobId voided : done.voidedJobs)
            EXPECT_EQ(stores_.jobState(voided), "cancelled");
    }
    stop = true;
    for (std::thread& worker : workers)
        worker.join();

    EXPECT_EQ(count("kind <> 'promote_waitlist' AND state IN ('scheduled', 'retry')"), 0)
        << "a job of a cancelled appointment is still to come";
    EXPECT_EQ(stores_.database.number("SELECT COUNT(*) FROM appointments WHERE status = 'cancelled'"), 80);
    RecordProperty("in_flight", inFlight);
}

TEST_F(JobStoreTest, CancellingMarksWhatRuns) {
    const auto booking = book(kStart);
    const auto job = jobs().claim(std::vector{booking.jobs[0].id}, kDue, kDue + kLease).claimed.at(0);
    const auto done = cancel(booking.id);
    EXPECT_EQ(done.inFlight.size(), 1u);
    EXPECT_EQ(done.voidedJobs.size(), 2u);
    EXPECT_EQ(count("cancel_requested AND state = 'running'"), 1);
    EXPECT_EQ(stores_.database.value("SELECT cancelled_at FROM appointments"),
              stores_.database.value("SELECT created_at FROM appointments"))
        << "both are the time that was passed";
    jobs().release(std::vector{job}, kDue);
    EXPECT_EQ(stores_.jobState(job.id), "cancelled");
}

TEST_F(JobStoreTest, AloneHoldsAcrossSessions) {
    postgres::Pool otherProcess(stores_.database.settings(), {.min = 1, .max = 1});
    postgres::PostgresJobStore other(otherProcess);
    EXPECT_TRUE(jobs().alone("rebuild", [&] { EXPECT_FALSE(other.alone("rebuild", [] {})); }));
    EXPECT_TRUE(other.alone("rebuild", [] {}));
}

} // namespace
} // namespace rota::testing
