#include "postgres/appointment_store.hpp"

#include "postgres/appointment_row.hpp"
#include "postgres/booking_calendar.hpp"

#include <functional>
#include <stdexcept>

namespace rota::postgres {
namespace {

const Statement kFindAppointment{"appointment_find",
                                 "SELECT " + kAppointmentColumns + R"sql(, d.name, d.specialty, p.name
  FROM appointments a JOIN doctors d ON d.id = a.doctor_id JOIN patients p ON p.id = a.patient_id
 WHERE a.id = $1::bigint)sql"};

/// Which of patient $1's appointments are listed: those from $2 until before $3, and where $4 is not NULL only the
/// cancelled, or only the others. By the parameter, not by the patient's row: so it is computed once, not once a row.
const std::string kListed =
    R"sql(a.patient_id = $1::bigint AND a.start_time >= $2::timestamp AND a.start_time < $3::timestamp
   AND ($4::bool IS NULL OR (a.status = 'cancelled') = $4::bool))sql";

/// A page, $5 rows after $6, and how many there are in all. A row without an appointment where the page is empty; no
/// row where the patient is unknown.
const Statement kListAppointments{"appointment_list", "SELECT " + kAppointmentColumns +
                                                          R"sql(, d.name, d.specialty, p.name, n.total
  FROM patients p
 CROSS JOIN (SELECT COUNT(*) AS total FROM appointments a WHERE )sql" +
                                                          kListed + R"sql() n
  LEFT JOIN (SELECT * FROM appointments a WHERE )sql" + kListed +
                                                          R"sql(
              ORDER BY a.start_time DESC, a.id DESC LIMIT $5::bigint OFFSET $6::bigint) a ON true
  LEFT JOIN doctors d ON d.id = a.doctor_id
 WHERE p.id = $1::bigint ORDER BY a.start_time DESC, a.id DESC)sql"};

/// Which doctor an appointment is with never changes, so it may be read before the lock.
const Statement kLockDoctorOf{"appointment_lock_doctor", R"sql(
SELECT 1 FROM doctors WHERE id = (SELECT doctor_id FROM appointments WHERE id = $1::bigint) FOR NO KEY UPDATE)sql"};

const Statement kLockCalled{"appointment_lock", "SELECT " + kAppointmentColumns +
                                                    " FROM appointments a WHERE a.id = $1::bigint FOR UPDATE"};

/// Both rows are locked already. $1 appointment, $2 fee, $3 now, $4 doctor.
const Statement kCancel{"appointment_cancel", R"sql(
WITH d AS (UPDATE doctors SET calendar_version = calendar_version + 1 WHERE id = $4::bigint)
UPDATE appointments SET status = 'cancelled', cancellation_fee_applied = $2::bool, cancelled_at = $3::timestamp,
       calendar_sequence = calendar_sequence + 1
 WHERE id = $1::bigint)sql"};

/// Both rows are locked already. In place: inserted anew before the old row is cancelled, it would meet itself in the
/// exclusion constraint. Reminders of the old time say nothing about the new one. $1 appointment, $2 start, $3 doctor.
const Statement kMove{"appointment_move", R"sql(
WITH d AS (UPDATE doctors SET calendar_version = calendar_version + 1 WHERE id = $3::bigint)
UPDATE appointments SET start_time = $2::timestamp, schedule_version = schedule_version + 1,
       calendar_sequence = calendar_sequence + 1, email_reminder_sent_at = NULL, sms_reminder_sent_at = NULL
 WHERE id = $1::bigint)sql"};

const Statement kConclude{"appointment_conclude", "UPDATE appointments SET status = $2 WHERE id = $1::bigint"};

/// A statement of its own after the appointment's lock: in one with it, it would see the jobs as they were before the
/// wait, and leave alive what a rescheduling had made meanwhile. A claim that is just being committed is waited for,
/// and its row then marked. A time that an earlier rescheduling freed is still to be offered. $1 appointment, $2 now.
const Statement kVoidJobs{"jobs_void", R"sql(
WITH open AS (
  SELECT id FROM jobs WHERE appointment_id = $1::bigint AND state IN ('scheduled', 'retry', 'running')
     AND kind <> 'promote_waitlist' ORDER BY id FOR UPDATE)
UPDATE jobs j SET state = CASE WHEN j.state = 'running' THEN j.state ELSE 'cancelled' END,
       cancel_requested = (j.state = 'running'),
       finished_at = CASE WHEN j.state = 'running' THEN NULL ELSE $2::timestamp END
  FROM open WHERE j.id = open.id AND j.state IN ('scheduled', 'retry', 'running')
RETURNING j.id, j.state, j.kind)sql"};

/// $1 appointment, $2 now, $3 and $4 kinds and times. When a freed time is offered the row may tell of another one.
const Statement kAddJobs{"jobs_add", R"sql(
INSERT INTO jobs (kind, appointment_id, patient_id, schedule_version, payload, dedupe_key, run_at, not_after,
                  created_at)
SELECT k.kind, a.id, a.patient_id, a.schedule_version,
       CASE WHEN k.kind = 'promote_waitlist' THEN
            jsonb_build_object('doctor_id', a.doctor_id, 'start_ms', (extract(epoch FROM a.start_time) * 1000)::bigint,
                               'duration', a.duration, 'type', a.type) END,
       concat_ws(':', a.id, k.kind, a.schedule_version), k.run_at, a.start_time, $2::timestamp
  FROM appointments a, unnest($3::text[], $4::timestamp[]) WITH ORDINALITY k(kind, run_at, place)
 WHERE a.id = $1::bigint ORDER BY k.place
RETURNING id, run_at)sql"};

/// Opens a transaction that holds the doctor's row.
std::string beginAndLock(base::DoctorId doctor) {
    return "BEGIN; SELECT 1 FROM doctors WHERE id = " + std::to_string(doctor.value) + " FOR NO KEY UPDATE; ";
}

/// A prepared statement as the last of such an opening: begun, locked and read in one round trip, which halves the time
/// for which a sought-after doctor's row is held. Each statement sees what was committed before it began, so what is
/// read is of after the wait for the lock. Quoted as PostgreSQL wants a text with standard_conforming_strings, its
/// default.
std::string executeText(const Statement& statement, const Parameters& parameters) {
    std::string values;
    for (const Parameter& parameter : parameters) {
        if (!values.empty()) values += ", ";
        const char* text = parameter.text();
        if (text == nullptr) {
            values += "NULL";
            continue;
        }
        values += '\'';
        for (; *text != '\0'; ++text)
            values.append(*text == '\'' ? 2 : 1, *text);
        values += '\'';
    }
    return "EXECUTE " + statement.name + "(" + values + ")";
}

app::CancellationDone readVoided(const Rows& open) {
    app::CancellationDone done;
    for (int row = 0; row < open.size(); ++row) {
        const auto kind = domain::parseJobKind(open.text(row, 2));
        if (open.text(row, 1) == "cancelled")
            done.voidedJobs.push_back(open.id<base::JobId>(row, 0));
        else if (kind && domain::mediumOf(*kind))
            done.inFlight.push_back(open.id<base::JobId>(row, 0));
    }
    return done;
}

Call voidJobs(base::AppointmentId id, base::Instant now) {
    return {kVoidJobs, {id, now}};
}

Call addJobs(base::AppointmentId id, std::span<const domain::PlannedJob> jobs, base::Instant now) {
    return {kAddJobs, {id, now, kindsOf(jobs), timesOf(jobs)}};
}

void readAdded(const Rows& rows, std::vector<app::QueuedJob>& added) {
    for (int row = 0; row < rows.size(); ++row)
        added.push_back({rows.id<base::JobId>(row, 0), rows.instant(row, 1)});
}

app::AppointmentDetails readDetails(const Rows& rows, int row) {
    app::AppointmentDetails details;
    details.appointment = readAppointment(rows, row, 0);
    details.doctorName = rows.string(row, kAppointmentColumnCount);
    details.specialty = rows.string(row, kAppointmentColumnCount + 1);
    details.patientName = rows.string(row, kAppointmentColumnCount + 2);
    return details;
}

/// $2, $3 and $4 of kListed.
Parameters listedBy(std::optional<domain::AppointmentCategory> category, base::Instant now) {
    using domain::AppointmentCategory;
    if (!category) return {"-infinity", "infinity", std::nullopt};
    switch (*category) {
    case AppointmentCategory::Upcoming: return {now, "infinity", false};
    case AppointmentCategory::Past: return {"-infinity", now, false};
    case AppointmentCategory::Cancelled: return {"-infinity", "infinity", true};
    }
    throw std::logic_error("a category without a condition");
}

/// What begins a transaction that holds an appointment's doctor and the appointment, and reads it, in one round trip.
std::string beginAndLock(Connection& connection, base::AppointmentId id) {
    connection.prepare(kLockDoctorOf);
    connection.prepare(kLockCalled);
    return "BEGIN; " + executeText(kLockDoctorOf, {id}) + "; " + executeText(kLockCalled, {id});
}

class PostgresLockedAppointment final : public app::LockedAppointment {
public:
    PostgresLockedAppointment(Connection& connection, const domain::Appointment& appointment)
        : connection_(connection), calendar_(connection), appointment_(appointment) {}

    const domain::Appointment& appointment() const override { return appointment_; }
    app::BookingCalendar& calendar() override { return calendar_; }

    app::CancellationDone move(base::Instant start, std::span<const domain::PlannedJob> freedJobs,
                               std::span<const domain::PlannedJob> jobs, base::Instant now) override {
        const auto id = appointment_.id;
        // The first while the row still says which time is freed.
        const auto rows =
            connection_.runTogether(std::vector{addJobs(id, freedJobs, now), voidJobs(id, now),
                                                Call{kMove, {id, start, appointment_.doctor}}, addJobs(id, jobs, now)});
        app::CancellationDone done = readVoided(rows[1]);
        readAdded(rows[0], done.newJobs);
        readAdded(rows[3], done.newJobs);
        return done;
    }

    void conclude(domain::AppointmentStatus status) override {
        connection_.run(kConclude, {appointment_.id, domain::toString(status)});
    }

private:
    Connection& connection_;
    PostgresCalendar calendar_;
    domain::Appointment appointment_;
};

} // namespace

// No connection is held while the decision is made: a policy may take its time.
void PostgresAppointmentStore::withCalendar(const std::function<void(app::BookingCalendar&)>& decide) {
    const auto snapshot = [this](const Statement& statement, const Parameters& parameters) {
        return pool_.retrying([&](Connection& connection) { return connection.run(statement, parameters); });
    };
    const auto write = [this](const Statement& statement, const Parameters& parameters) {
        return pool_.borrow()->run(statement, parameters);
    };
    PostgresCalendar calendar(snapshot, write);
    decide(calendar);
}

// The transaction begins with the first statement, whichever it is.
void PostgresAppointmentStore::withLockedCalendar(base::DoctorId doctor,
                                                  const std::function<void(app::BookingCalendar&)>& decide) {
    const Lease connection = pool_.borrow();
    std::optional<Transaction> transaction;
    const auto snapshot = [&](const Statement& statement, const Parameters& parameters) {
        connection->prepare(statement);
        if (transaction) return connection->run(statement, parameters);
        return transaction.emplace(*connection, beginAndLock(doctor) + executeText(statement, parameters)).opened();
    };
    const auto write = [&](const Statement& statement, const Parameters& parameters) {
        connection->prepare(statement);
        if (!transaction) transaction.emplace(*connection, beginAndLock(doctor));
        return connection->run(statement, parameters);
    };
    PostgresCalendar calendar(snapshot, write);
    decide(calendar);
    if (transaction) transaction->commit();
}

std::optional<app::AppointmentDetails> PostgresAppointmentStore::find(base::AppointmentId id) {
    const Rows rows = pool_.retrying([&](Connection& connection) { return connection.run(kFindAppointment, {id}); });
    if (rows.empty()) return std::nullopt;
    return readDetails(rows, 0);
}

std::optional<app::AppointmentPage> PostgresAppointmentStore::list(const app::AppointmentPageWanted& wanted,
                                                                   base::Instant now) {
    Parameters parameters = listedBy(wanted.category, now);
    parameters.insert(parameters.begin(), wanted.patient);
    parameters.push_back(wanted.limit);
    parameters.push_back(std::int64_t{wanted.page - 1} * wanted.limit);
    const Rows rows =
        pool_.retrying([&](Connection& connection) { return connection.run(kListAppointments, parameters); });
    if (rows.empty()) return std::nullopt;
    app::AppointmentPage page;
    page.total = rows.integer(0, kAppointmentColumnCount + 3);
    for (int row = 0; row < rows.size() && !rows.isNull(row, 0); ++row)
        page.appointments.push_back(readDetails(rows, row));
    return page;
}

bool PostgresAppointmentStore::withLocked(base::AppointmentId id,
                                          const std::function<void(app::LockedAppointment&)>& change) {
    const Lease connection = pool_.borrow();
    Transaction transaction(*connection, beginAndLock(*connection, id));
    if (transaction.opened().empty()) return false;
    PostgresLockedAppointment locked(*connection, readAppointment(transaction.opened(), 0, 0));
    change(locked);
    transaction.commit();
    return true;
}

std::optional<std::optional<app::CancellationDone>>
PostgresAppointmentStore::cancel(base::AppointmentId id, const DecideCancellation& decide, base::Instant now) {
    const Lease connection = pool_.borrow();
    Transaction transaction(*connection, beginAndLock(*connection, id));
    if (transaction.opened().empty()) return std::nullopt;
    const auto appointment = readAppointment(transaction.opened(), 0, 0);

    const CancellationDecision decision = decide(appointment);
    if (!decision.cancel) return std::optional<app::CancellationDone>();
    const auto rows = transaction.commitWith({{kCancel, {id, decision.feeApplied, now, appointment.doctor}},
                                              voidJobs(id, now),
                                              addJobs(id, decision.newJobs, now)});
    app::CancellationDone done = readVoided(rows[1]);
    readAdded(rows[2], done.newJobs);
    return done;
}

} // namespace rota::postgres
