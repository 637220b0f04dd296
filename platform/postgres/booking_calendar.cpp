#include "postgres/booking_calendar.hpp"

#include "postgres/calendar_day.hpp"

namespace rota::postgres {
namespace {

/// All that a booking decides on, of one moment. $1 local date, $2 and $3 its bounds, $4 doctor, $5 patient, $6 and $7
/// begin and end of the wanted time. No row where the doctor is unknown. OVERLAPS uses no index: the two comparisons
/// before it make one apply.
const Statement kSnapshot{"booking_snapshot", R"sql(
SELECT d.active, d.calendar_version, EXISTS (SELECT 1 FROM patients p WHERE p.id = $5::bigint),
  (SELECT COUNT(*) FROM appointments a WHERE a.doctor_id = d.id AND a.status <> 'cancelled'
      AND a.start_time > $6::timestamp - )sql" + kLongest +
                                                  R"sql( AND a.start_time < $7::timestamp
      AND (a.start_time, a.start_time + a.duration * INTERVAL '1 minute') OVERLAPS ($6::timestamp, $7::timestamp)),)sql" +
                                                  kCalendarDayColumns + R"sql(
FROM doctors d WHERE d.id = $4::bigint)sql"};

/// Appointment and jobs, if the calendar still is at version $5, which the first part raises: it waits for whoever
/// holds the doctor's row and then looks again, so of two decisions made on one version only one is written. One row:
/// (0, NULL) stale, (1, NULL) refused by a constraint, (1, id) made. $1 doctor, $2 patient, $3 start, $4 minutes,
/// $6 type, $7 now, $8 and $9 kinds and times of the jobs.
const Statement kWrite{"booking_write", R"sql(
WITH d AS (
  UPDATE doctors SET calendar_version = calendar_version + 1
   WHERE id = $1::bigint AND active AND calendar_version = $5::bigint RETURNING id),
a AS (
  INSERT INTO appointments (doctor_id, patient_id, start_time, duration, type, created_at)
  SELECT d.id, $2::bigint, $3::timestamp, $4::int, $6, $7::timestamp FROM d
  ON CONFLICT DO NOTHING RETURNING id, schedule_version),
j AS (
  INSERT INTO jobs (kind, appointment_id, patient_id, schedule_version, dedupe_key, run_at, not_after, created_at)
  SELECT k.kind, a.id, $2::bigint, a.schedule_version, concat_ws(':', a.id, k.kind, a.schedule_version), k.run_at,
         $3::timestamp, $7::timestamp
    FROM a, unnest($8::text[], $9::timestamp[]) WITH ORDINALITY k(kind, run_at, place) ORDER BY k.place
  RETURNING id, run_at)
SELECT (SELECT COUNT(*) FROM d), (SELECT id FROM a), j.id, j.run_at FROM (SELECT 1) one LEFT JOIN j ON true
 ORDER BY j.id)sql"};

const Statement kLockDoctor{"doctor_lock", "SELECT 1 FROM doctors WHERE id = $1::bigint FOR NO KEY UPDATE"};

} // namespace

PostgresCalendar::PostgresCalendar(Connection& connection) {
    snapshot_ = write_ = [&connection](const Statement& statement, const Parameters& parameters) {
        return connection.run(statement, parameters);
    };
}

std::optional<app::BookingSnapshot> PostgresCalendar::read(base::DoctorId doctor, base::PatientId patient,
                                                           base::Date date, base::Interval dayUtc,
                                                           base::Interval wanted) {
    const Rows rows = snapshot_(kSnapshot, {date, dayUtc.begin, dayUtc.end, doctor, patient, wanted.begin, wanted.end});
    if (rows.empty()) return std::nullopt;
    app::BookingSnapshot snapshot;
    snapshot.doctorActive = rows.boolean(0, 0);
    snapshot.calendarVersion = rows.integer(0, 1);
    snapshot.patientExists = rows.boolean(0, 2);
    snapshot.clashes = static_cast<int>(rows.integer(0, 3));
    snapshot.day = readCalendarDay(rows, 0, 4, date);
    return snapshot;
}

app::BookingWrite PostgresCalendar::write(const app::NewAppointment& appointment,
                                          std::span<const domain::PlannedJob> jobs, std::int64_t calendarVersion,
                                          base::Instant now) {
    const Rows rows =
        write_(kWrite, {appointment.doctor, appointment.patient, appointment.start, appointment.duration,
                        calendarVersion, domain::toString(appointment.type), now, kindsOf(jobs), timesOf(jobs)});
    if (rows.integer(0, 0) == 0) return app::CalendarStale{};
    if (rows.isNull(0, 1)) return app::Overlaps{};
    app::BookingMade made{rows.id<base::AppointmentId>(0, 1), {}};
    for (int row = 0; row < rows.size() && !rows.isNull(row, 2); ++row)
        made.jobs.push_back({rows.id<base::JobId>(row, 2), rows.instant(row, 3)});
    return made;
}

void lockDoctor(Connection& connection, base::DoctorId doctor) {
    connection.run(kLockDoctor, {doctor});
}

ArrayParameter kindsOf(std::span<const domain::PlannedJob> jobs) {
    return arrayOf(jobs, [](const domain::PlannedJob& job) { return Parameter(domain::toString(job.kind)); });
}

ArrayParameter timesOf(std::span<const domain::PlannedJob> jobs) {
    return arrayOf(jobs, [](const domain::PlannedJob& job) { return Parameter(job.runAt); });
}

} // namespace rota::postgres
