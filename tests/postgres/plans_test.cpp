#include "postgres_stores.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rota::testing {
namespace {

using std::chrono::hours;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// Looks at the plans of the statements that the stores prepared, in the very session that holds them.
class PlansTest : public ::testing::Test {
protected:
    PlansTest() {
        database_.execute(R"sql(
            SET statement_timeout = 0;
            INSERT INTO doctors (name, specialty) SELECT 'Dr. ' || n, 'X' FROM generate_series(1, 40) n;
            INSERT INTO patients (name, email, phone, date_of_birth, name_key)
            SELECT 'P', n || '@example.org', '555-010-0100', '1990-01-01', 'p' FROM generate_series(1, 2000) n;
            INSERT INTO appointments (doctor_id, patient_id, start_time, duration, type)
            SELECT 1 + n % 40, 1 + n % 2000, TIMESTAMP '2026-01-01' + n / 40 * INTERVAL '30 minutes', 30, 'standard'
              FROM generate_series(0, 19999) n;
            INSERT INTO jobs (kind, appointment_id, patient_id, schedule_version, dedupe_key, run_at, not_after, state,
                              created_at)
            SELECT 'email_reminder', id, patient_id, 1, id || 'e', start_time - INTERVAL '1 day', start_time,
                   CASE WHEN id % 20 = 0 THEN 'scheduled' ELSE 'sent' END, TIMESTAMP '2026-01-01'
              FROM appointments;
            ANALYZE)sql");
    }

    /// The plan of statement `name` with `arguments` as SQL writes them. It must have been run before.
    std::string plan(const std::string& name, const std::string& arguments) {
        const postgres::Lease connection = pool_.borrow();
        const postgres::Rows rows = connection->execute("EXPLAIN EXECUTE " + name + "(" + arguments + ")");
        std::string text;
        for (int row = 0; row < rows.size(); ++row)
            text += rows.string(row, 0) + "\n";
        return text;
    }

    TestDatabase database_;
    postgres::Pool pool_{database_.settings(), {.min = 1, .max = 1}};
};

TEST_F(PlansTest, AvailabilityAndBookingReadTheDoctorsDayByIndex) {
    const base::Date date{std::chrono::year{2026}, std::chrono::January, std::chrono::day{5}};
    const base::Interval day{std::chrono::sys_days(date), std::chrono::sys_days(date) + hours{24}};
    postgres::PostgresDoctorStore doctors(pool_);
    ASSERT_EQ(doctors.day({7}, date, day)->busy.size(), 48u);
    EXPECT_THAT(plan("doctor_day", "'2026-01-05', '2026-01-05', '2026-01-06', 7"),
                AllOf(HasSubstr("appointments_doctor_start"), HasSubstr("doctor_time_off"),
                      Not(HasSubstr("Seq Scan on appointments"))));

    postgres::PostgresAppointmentStore appointments(pool_);
    appointments.withCalendar([&](app::BookingCalendar& calendar) {
        EXPECT_EQ(calendar.read({7}, {1}, date, day, {day.begin + hours{9}, day.begin + hours{10}})->clashes, 2);
    });
    const std::string snapshot = plan(
        "booking_snapshot", "'2026-01-05', '2026-01-05', '2026-01-06', 7, 1, '2026-01-05 09:00', '2026-01-05 10:00'");
    EXPECT_THAT(snapshot, AllOf(HasSubstr("appointments_doctor_start"), Not(HasSubstr("Seq Scan on appointments")),
                                Not(HasSubstr("Seq Scan on patients"))));
    EXPECT_NE(snapshot.find("appointments_doctor_start"), snapshot.rfind("appointments_doctor_start"))
        << "the overlap count must use it too";
}

TEST_F(PlansTest, APatientsAppointmentsAreReadByIndex) {
    postgres::PostgresAppointmentStore appointments(pool_);
    const base::Instant now = std::chrono::sys_days(std::chrono::year{2026} / 1 / 5);
    ASSERT_EQ(appointments.list({{7}, std::nullopt, 1, 5}, now)->total, 10);
    const std::string list = plan("appointment_list", "7, '-infinity', 'infinity', NULL, 20, 0");
    EXPECT_THAT(list, AllOf(HasSubstr("appointments_patient_start"), Not(HasSubstr("Seq Scan on appointments")),
                            Not(HasSubstr("Seq Scan on patients"))));
    EXPECT_NE(list.find("appointments_patient_start"), list.rfind("appointments_patient_start"))
        << "the count must use it too";
}

TEST_F(PlansTest, TheWaitlistIsReadByIndex) {
    database_.execute(R"sql(
        INSERT INTO waitlist (doctor_id, patient_id, desired_date, status, created_at)
        SELECT 1 + n % 40, 1 + n % 2000, DATE '2026-01-05' + n / 2000,
               CASE WHEN n % 10 = 0 THEN 'waiting' ELSE 'expired' END, TIMESTAMP '2026-01-01'
          FROM generate_series(0, 19999) n;
        ANALYZE waitlist)sql");
    postgres::PostgresWaitlistStore waitlist(pool_);
    const base::Date date{std::chrono::year{2026}, std::chrono::January, std::chrono::day{5}};
    const domain::WaitlistHorizon horizon{date, std::chrono::sys_days(std::chrono::year{2025} / 12 / 20)};
    EXPECT_FALSE(waitlist.ofDoctor({1}, horizon).empty());
    EXPECT_FALSE(waitlist.candidates({1}, date, horizon).empty());
    EXPECT_EQ(waitlist.expire(horizon), 0u);
    const auto byIndex = AllOf(HasSubstr("Index"), Not(HasSubstr("Seq Scan on waitlist")));
    EXPECT_THAT(plan("waitlist_of_doctor", "1, '2026-01-05', '2025-12-20', 100"), byIndex);
    EXPECT_THAT(plan("waitlist_candidates", "1, '2026-01-05', '2025-12-20', '2026-01-05', 100"),
                AllOf(byIndex, HasSubstr("waitlist_waiting_by_day")));
    EXPECT_THAT(plan("waitlist_expire", "'2026-01-05', '2025-12-20'"), byIndex);
}

TEST_F(PlansTest, JobsAreFoundByIndex) {
    const base::Instant now = std::chrono::sys_days(std::chrono::year{2026} / 1 / 5);
    postgres::PostgresJobStore jobs(pool_);
    jobs.claim(std::vector<base::JobId>{{20}, {40}}, now, now + hours{1});
    EXPECT_THAT(plan("jobs_claim", "'2026-01-05', 'token', '2026-01-05', '{}', '{20,40}'"),
                AllOf(HasSubstr("Index"), Not(HasSubstr("Seq Scan"))));
    EXPECT_FALSE(jobs.claimDue(10, now, now + hours{1}).empty());
    EXPECT_THAT(plan("jobs_claim_due", "'2026-01-05', 'token', '2026-01-05', '{}', 10"),
                AllOf(HasSubstr("jobs_pending_by_time"), Not(HasSubstr("Seq Scan")), Not(HasSubstr("Hash"))));
    EXPECT_FALSE(jobs.pending({}, now, 10).empty());
    EXPECT_THAT(plan("jobs_pending", "'2026-01-01', 7, '2026-01-05', 10"),
                AllOf(HasSubstr("Index Only Scan using jobs_pending_by_time"), HasSubstr("ROW(run_at, id) >"),
                      Not(HasSubstr("Sort"))));
    app::JobResult sent;
    sent.id = {20};
    sent.outcome = app::JobOutcome::Sent;
    jobs.finish(std::vector{sent});
    // Of what runs, each result must look at its own row alone, however few there are.
    const auto byKey = AllOf(HasSubstr("jobs_pkey"), Not(HasSubstr("jobs_running_by_lease")));
    EXPECT_THAT(plan("jobs_lock_appointments", "'{20,40}', '{a,b}', '{1,1}'"), byKey);
    EXPECT_THAT(plan("jobs_finish", "'{20}', '{a}', '{1}', '{sent}', '{now}', '{now}', '{now}', '{console}', '{x}', "
                                    "'{x}', '{x}', '{f}', '{x}', '10 s', '{}', '{}', '{}', '{}', '{}', '{}', '{}'"),
                byKey);
    jobs.expireLeases(now);
    EXPECT_THAT(plan("jobs_expire_leases", "'2026-01-05', '{}'"), HasSubstr("jobs_running_by_lease"));

    postgres::PostgresAppointmentStore appointments(pool_);
    const app::AppointmentStore::CancellationDecision yes{.cancel = true, .feeApplied = false, .newJobs = {}};
    appointments.cancel(
        {20}, [&](const domain::Appointment&) { return yes; }, now);
    EXPECT_THAT(plan("jobs_void", "20, '2026-01-05'"), HasSubstr("jobs_by_appointment"));
}

} // namespace
} // namespace rota::testing
