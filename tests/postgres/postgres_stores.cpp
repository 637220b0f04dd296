#include "postgres_stores.hpp"

namespace rota::testing {
namespace {

using postgres::Connection;
using postgres::Statement;

const Statement kAddDoctor{"test_add_doctor", R"sql(
INSERT INTO doctors (name, specialty, bio, photo_url, years_of_experience, active) VALUES ($1, $2, $3, $4, $5, $6)
RETURNING id)sql"};
const Statement kLockDoctor{"test_lock_doctor", "SELECT 1 FROM doctors WHERE id = $1 FOR NO KEY UPDATE"};
const Statement kRaise{"test_raise", "UPDATE doctors SET calendar_version = calendar_version + 1 WHERE id = $1"};
const Statement kClearHours{"test_clear_hours", "DELETE FROM schedules WHERE doctor_id = $1 AND day_of_week = $2"};
const Statement kAddHours{"test_add_hours", R"sql(
INSERT INTO schedules (doctor_id, day_of_week, start_time, end_time) VALUES ($1, $2, $3, $4))sql"};
const Statement kAddTimeOff{"test_add_time_off", R"sql(
INSERT INTO doctor_time_off (doctor_id, start_date, end_date, reason) VALUES ($1, $2, $3, 'private'))sql"};
const Statement kJobState{"test_job_state", "SELECT state FROM jobs WHERE id = $1"};
const Statement kJobFinishedAt{"test_job_finished_at", "SELECT finished_at FROM jobs WHERE id = $1"};
const Statement kDeliveries{"test_deliveries", "SELECT COUNT(*) FROM deliveries WHERE job_id = $1"};
const Statement kForgetReports{"test_forget_reports", R"sql(
UPDATE jobs SET state = 'sent', reported = NULL, reported_at = NULL, reported_by = NULL WHERE id = $1)sql"};
const Statement kEmailSent{"test_email_sent", "SELECT email_reminder_sent_at FROM appointments WHERE id = $1"};
const Statement kSmsSent{"test_sms_sent", "SELECT sms_reminder_sent_at FROM appointments WHERE id = $1"};

std::string timeText(base::Minutes time) {
    return base::formatTimeOfDay(time);
}

} // namespace

base::DoctorId PostgresStores::addDoctor(const domain::Doctor& doctor) {
    return pool.borrow()
        ->run(kAddDoctor,
              {doctor.name, doctor.specialty, doctor.bio, doctor.photoUrl, doctor.yearsOfExperience, doctor.active})
        .id<base::DoctorId>(0, 0);
}

void PostgresStores::changeCalendar(base::DoctorId doctor, const std::function<void(Connection&)>& change) {
    const postgres::Lease connection = pool.borrow();
    postgres::Transaction transaction(*connection);
    connection->run(kLockDoctor, {doctor});
    change(*connection);
    connection->run(kRaise, {doctor});
    transaction.commit();
}

void PostgresStores::setHours(base::DoctorId doctor, unsigned dayOfWeek, const std::vector<domain::HoursRange>& hours) {
    changeCalendar(doctor, [&](Connection& connection) {
        connection.run(kClearHours, {doctor, dayOfWeek});
        for (const domain::HoursRange& range : hours)
            connection.run(kAddHours, {doctor, dayOfWeek, timeText(range.begin), timeText(range.end)});
    });
}

void PostgresStores::addTimeOff(base::DoctorId doctor, base::Date first, base::Date last) {
    changeCalendar(doctor, [&](Connection& connection) { connection.run(kAddTimeOff, {doctor, first, last}); });
}

std::string PostgresStores::jobState(base::JobId job) {
    return pool.borrow()->run(kJobState, {job}).string(0, 0);
}

base::Instant PostgresStores::jobFinishedAt(base::JobId job) {
    return pool.borrow()->run(kJobFinishedAt, {job}).instant(0, 0);
}

int PostgresStores::deliveries(base::JobId job) {
    return static_cast<int>(pool.borrow()->run(kDeliveries, {job}).integer(0, 0));
}

void PostgresStores::forgetReports(base::JobId job) {
    pool.borrow()->run(kForgetReports, {job});
}

std::optional<base::Instant> PostgresStores::reminderSentAt(base::AppointmentId appointment, domain::JobKind kind) {
    const Statement& statement = kind == domain::JobKind::SmsReminder ? kSmsSent : kEmailSent;
    const postgres::Rows rows = pool.borrow()->run(statement, {appointment});
    if (rows.isNull(0, 0)) return std::nullopt;
    return rows.instant(0, 0);
}

} // namespace rota::testing
