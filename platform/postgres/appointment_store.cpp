#include "postgres/appointment_store.hpp"

#include "postgres/appointment_row.hpp"
#include "postgres/calendar_day.hpp"

#include <functional>

namespace rota::postgres {
namespace {

/// All that a booking decides on, of one moment. $1 local date, $2 and $3 its bounds, $4 doctor, $5 patient, $6 and $7
/// begin and end of the wanted time. No row where the doctor is unknown. OVERLAPS uses no index: the two comparisons
/// before it make one apply.
const Statement kSnapshot{"booking_snapshot", R"sql(
SELECT d.active, d.calendar_version, EXISTS (SELECT 1 FROM patients p WHERE p.id = $5::bigint),
  (SELECT COUNT(*) FROM appointments a WHERE a.doctor_id = d.id AND a.status <> 'cancelled'
      AND a.start_time > $6::timestamp - INTERVAL '60 minutes' AND a.start_time < $7::timestamp
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

const Statement kFind{"appointment_find", "SELECT " + kAppointmentColumns + R"sql(, d.name, d.specialty, p.name
  FROM appointments a JOIN doctors d ON d.id = a.doctor_id JOIN patients p ON p.id = a.patient_id
 WHERE a.id = $1::bigint)sql"};

const Statement kDoctorOf{"appointment_doctor", "SELECT doctor_id FROM appointments WHERE id = $1::bigint"};

const Statement kLock{"appointment_lock",
                      "SELECT " + kAppointmentColumns + " FROM appointments a WHERE a.id = $1::bigint FOR UPDATE"};

/// Both rows are locked already. $1 appointment, $2 fee, $3 now, $4 doctor.
const Statement kCancel{"appointment_cancel", R"sql(
WITH d AS (UPDATE doctors SET calendar_version = calendar_version + 1 WHERE id = $4::bigint)
UPDATE appointments SET status = 'cancelled', cancellation_fee_applied = $2::bool, cancelled_at = $3::timestamp,
       calendar_sequence = calendar_sequence + 1
 WHERE id = $1::bigint)sql"};

/// A statement of its own after the appointment's lock: in one with it, it would see the jobs as they were before the
/// wait, and leave alive what a rescheduling had made meanwhile. A claim that is just being committed is waited for,
/// and its row then marked. $1 appointment, $2 now.
const Statement kVoidJobs{"jobs_void", R"sql(
WITH open AS (
  SELECT id FROM jobs WHERE appointment_id = $1::bigint AND state IN ('scheduled', 'retry', 'running')
   ORDER BY id FOR UPDATE)
UPDATE jobs j SET state = CASE WHEN j.state = 'running' THEN j.state ELSE 'cancelled' END,
       cancel_requested = (j.state = 'running'),
       finished_at = CASE WHEN j.state = 'running' THEN NULL ELSE $2::timestamp END
  FROM open WHERE j.id = open.id AND j.state IN ('scheduled', 'retry', 'running')
RETURNING j.id, j.state, j.kind)sql"};

/// $1 appointment, $2 now, $3 and $4 kinds and times.
const Statement kAddJobs{"jobs_add", R"sql(
INSERT INTO jobs (kind, appointment_id, patient_id, schedule_version, dedupe_key, run_at, not_after, created_at)
SELECT k.kind, a.id, a.patient_id, a.schedule_version, concat_ws(':', a.id, k.kind, a.schedule_version), k.run_at,
       a.start_time, $2::timestamp
  FROM appointments a, unnest($3::text[], $4::timestamp[]) WITH ORDINALITY k(kind, run_at, place)
 WHERE a.id = $1::bigint ORDER BY k.place
RETURNING id, run_at)sql"};

ArrayParameter kinds(std::span<const domain::PlannedJob> jobs) {
    return arrayOf(jobs, [](const domain::PlannedJob& job) { return Parameter(domain::toString(job.kind)); });
}

ArrayParameter times(std::span<const domain::PlannedJob> jobs) {
    return arrayOf(jobs, [](const domain::PlannedJob& job) { return Parameter(job.runAt); });
}

/// A booking's two statements, run as whoever lends the calendar has them run.
class PostgresCalendar final : public app::BookingCalendar {
public:
    using Run = std::function<Rows(const Parameters&)>;
    PostgresCalendar(Run snapshot, Run write) : snapshot_(std::move(snapshot)), write_(std::move(write)) {}

    std::optional<app::BookingSnapshot> read(base::DoctorId doctor, base::PatientId patient, base::Date date,
                                             base::Interval dayUtc, base::Interval wanted) override;
    app::BookingWrite write(const app::NewAppointment& appointment, std::span<const domain::PlannedJob> jobs,
                            std::int64_t calendarVersion, base::Instant now) override;

private:
    Run snapshot_;
    Run write_;
};

std::optional<app::BookingSnapshot> PostgresCalendar::read(base::DoctorId doctor, base::PatientId patient,
                                                           base::Date date, base::Interval dayUtc,
                                                           base::Interval wanted) {
    const Rows rows = snapshot_({date, dayUtc.begin, dayUtc.end, doctor, patient, wanted.begin, wanted.end});
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
    const Rows rows = write_({appointment.doctor, appointment.patient, appointment.start, appointment.duration,
                              calendarVersion, domain::toString(appointment.type), now, kinds(jobs), times(jobs)});
    if (rows.integer(0, 0) == 0) return app::CalendarStale{};
    if (rows.isNull(0, 1)) return app::Overlaps{};
    app::BookingMade made{rows.id<base::AppointmentId>(0, 1), {}};
    for (int row = 0; row < rows.size() && !rows.isNull(row, 2); ++row)
        made.jobs.push_back({rows.id<base::JobId>(row, 2), rows.instant(row, 3)});
    return made;
}

/// Opens a transaction that holds the doctor's row.
std::string beginAndLock(base::DoctorId doctor) {
    return "BEGIN; SELECT 1 FROM doctors WHERE id = " + std::to_string(doctor.value) + " FOR NO KEY UPDATE; ";
}

/// The snapshot as a statement of such an opening: begun, locked and read in one round trip, which halves the time for
/// which a sought-after doctor's row is held. Each statement sees what was committed before it began, so the snapshot
/// is of after the wait for the lock. The parameters are numbers and times: they need no escaping.
std::string executeSnapshot(const Parameters& parameters) {
    std::string values;
    for (const Parameter& parameter : parameters)
        values += (values.empty() ? "'" : ", '") + std::string(parameter.text()) + "'";
    return "EXECUTE " + kSnapshot.name + "(" + values + ")";
}

app::CancellationDone voidAndAdd(Connection& connection, base::AppointmentId id,
                                 std::span<const domain::PlannedJob> newJobs, base::Instant now) {
    app::CancellationDone done;
    const Rows open = connection.run(kVoidJobs, {id, now});
    for (int row = 0; row < open.size(); ++row) {
        const auto kind = domain::parseJobKind(open.text(row, 2));
        if (open.text(row, 1) == "cancelled")
            done.voidedJobs.push_back(open.id<base::JobId>(row, 0));
        else if (kind && domain::mediumOf(*kind))
            ++done.messagesInFlight;
    }
    if (newJobs.empty()) return done;
    const Rows added = connection.run(kAddJobs, {id, now, kinds(newJobs), times(newJobs)});
    for (int row = 0; row < added.size(); ++row)
        done.newJobs.push_back({added.id<base::JobId>(row, 0), added.instant(row, 1)});
    return done;
}

} // namespace

// No connection is held while the decision is made: a policy may take its time.
void PostgresAppointmentStore::withCalendar(const std::function<void(app::BookingCalendar&)>& decide) {
    const auto snapshot = [this](const Parameters& parameters) {
        return pool_.retrying([&](Connection& connection) { return connection.run(kSnapshot, parameters); });
    };
    const auto write = [this](const Parameters& parameters) { return pool_.borrow()->run(kWrite, parameters); };
    PostgresCalendar calendar(snapshot, write);
    decide(calendar);
}

// The transaction begins with the first statement, whichever it is.
void PostgresAppointmentStore::withLockedCalendar(base::DoctorId doctor,
                                                  const std::function<void(app::BookingCalendar&)>& decide) {
    const Lease connection = pool_.borrow();
    std::optional<Transaction> transaction;
    const auto snapshot = [&](const Parameters& parameters) {
        connection->prepare(kSnapshot);
        if (transaction) return connection->run(kSnapshot, parameters);
        return transaction.emplace(*connection, beginAndLock(doctor) + executeSnapshot(parameters)).opened();
    };
    const auto write = [&](const Parameters& parameters) {
        connection->prepare(kWrite);
        if (!transaction) transaction.emplace(*connection, beginAndLock(doctor));
        return connection->run(kWrite, parameters);
    };
    PostgresCalendar calendar(snapshot, write);
    decide(calendar);
    if (transaction) transaction->commit();
}

std::optional<app::AppointmentDetails> PostgresAppointmentStore::find(base::AppointmentId id) {
    const Rows rows = pool_.retrying([&](Connection& connection) { return connection.run(kFind, {id}); });
    if (rows.empty()) return std::nullopt;
    app::AppointmentDetails details;
    details.appointment = readAppointment(rows, 0, 0);
    details.doctorName = rows.string(0, kAppointmentColumnCount);
    details.specialty = rows.string(0, kAppointmentColumnCount + 1);
    details.patientName = rows.string(0, kAppointmentColumnCount + 2);
    return details;
}

std::optional<std::optional<app::CancellationDone>>
PostgresAppointmentStore::cancel(base::AppointmentId id, const DecideCancellation& decide, base::Instant now) {
    const Lease connection = pool_.borrow();
    Transaction transaction(*connection);
    const Rows of = connection->run(kDoctorOf, {id});
    if (of.empty()) return std::nullopt;
    const auto doctor = of.id<base::DoctorId>(0, 0);
    connection->run(kLockDoctor, {doctor});
    const Rows locked = connection->run(kLock, {id});
    if (locked.empty()) return std::nullopt;

    const CancellationDecision decision = decide(readAppointment(locked, 0, 0));
    if (!decision.cancel) return std::optional<app::CancellationDone>();
    connection->run(kCancel, {id, decision.feeApplied, now, doctor});
    app::CancellationDone done = voidAndAdd(*connection, id, decision.newJobs, now);
    transaction.commit();
    return done;
}

} // namespace rota::postgres
