#include "postgres/waitlist_store.hpp"

#include "base/limits.hpp"
#include "postgres/booking_calendar.hpp"
#include "postgres/calendar_day.hpp"

#include <stdexcept>

namespace rota::postgres {
namespace limits = base::limits;
namespace {

/// Lets appointments be made for the patient meanwhile: their foreign key asks for less.
const Statement kLockPatient{"waitlist_lock_patient", "SELECT 1 FROM patients WHERE id = $1::bigint FOR NO KEY UPDATE"};

/// Waits for those being made, too, so that a promotion sees them. Who books behind it, books knowingly twice.
const Statement kLockPatientAndVisits{"waitlist_lock_patient_and_visits",
                                      "SELECT 1 FROM patients WHERE id = $1::bigint FOR UPDATE"};

/// $1 patient, $2 today, $3 since when entries still count.
const Statement kExpirePatients{"waitlist_expire_patients", R"sql(
UPDATE waitlist SET status = 'expired' WHERE patient_id = $1::bigint AND status = 'waiting'
   AND (desired_date < $2::date OR created_at < $3::timestamp))sql"};

/// A statement of its own after the patient's lock: in one with it, it would count what was before the wait. $1
/// patient, $2 doctor, $3 day.
const Statement kCount{"waitlist_count", R"sql(
SELECT COUNT(*), COALESCE(bool_or(doctor_id = $2::bigint AND desired_date = $3::date), false)
  FROM waitlist WHERE patient_id = $1::bigint AND status = 'waiting')sql"};

const Statement kInsert{"waitlist_insert", R"sql(
INSERT INTO waitlist (doctor_id, patient_id, desired_date, preferred_time_range, priority, created_at)
VALUES ($1::bigint, $2::bigint, $3::date, $4, $5::int, $6::timestamp) RETURNING id)sql"};

/// Who waits at $2 (today), $3 (since when entries count).
const std::string kWaiting = "w.status = 'waiting' AND w.desired_date >= $2::date AND w.created_at >= $3::timestamp";

const std::string kDetails = R"sql(
SELECT w.id, w.doctor_id, w.patient_id, w.desired_date, w.preferred_time_range, w.priority, w.created_at, d.name,
       d.specialty, p.name, CASE WHEN w.status <> 'waiting' OR )sql" +
                             kWaiting + R"sql( THEN w.status ELSE 'expired' END
  FROM waitlist w JOIN doctors d ON d.id = w.doctor_id JOIN patients p ON p.id = w.patient_id WHERE )sql";

const Statement kOfDoctor{"waitlist_of_doctor", kDetails + kWaiting +
                                                    " AND w.doctor_id = $1::bigint "
                                                    "ORDER BY w.created_at, w.id LIMIT $4::bigint"};
const Statement kOfPatient{"waitlist_of_patient", kDetails + kWaiting +
                                                      " AND w.patient_id = $1::bigint "
                                                      "ORDER BY w.desired_date, w.id LIMIT $4::bigint"};
const Statement kFindEntry{"waitlist_find", kDetails + "w.id = $1::bigint"};

const Statement kRemove{"waitlist_remove", "DELETE FROM waitlist WHERE id = $1::bigint AND status = 'waiting'"};
const Statement kKnown{"waitlist_known", "SELECT 1 FROM waitlist WHERE id = $1::bigint"};

/// $1 doctor, $4 the day, $5 how many.
const Statement kCandidates{"waitlist_candidates", R"sql(
SELECT w.id, w.patient_id, w.created_at, w.priority, w.preferred_time_range,
       (SELECT COUNT(*) FROM waitlist earlier JOIN appointments a ON a.id = earlier.appointment_id
         WHERE earlier.patient_id = w.patient_id AND earlier.status = 'promoted' AND a.status = 'cancelled')
  FROM waitlist w WHERE w.doctor_id = $1::bigint AND w.desired_date = $4::date AND )sql" +
                                                       kWaiting + " ORDER BY w.created_at, w.id LIMIT $5::bigint"};

/// Whether entry $1 waits, and whether patient $2 is somewhere between $3 and $4.
const Statement kCircumstances{"waitlist_circumstances", R"sql(
SELECT EXISTS (SELECT 1 FROM waitlist w WHERE w.id = $1::bigint AND w.patient_id = $2::bigint
                  AND w.status = 'waiting'),
       EXISTS (SELECT 1 FROM appointments a WHERE a.patient_id = $2::bigint AND a.status <> 'cancelled'
                  AND a.start_time > $3::timestamp - )sql" + kLongest +
                                                             R"sql( AND a.start_time < $4::timestamp
                  AND a.start_time + a.duration * INTERVAL '1 minute' > $3::timestamp))sql"};

/// Waits for whoever is just removing or ending the entry, and then looks again. $1 entry, $2 appointment.
const Statement kMark{"waitlist_mark", R"sql(
UPDATE waitlist SET status = 'promoted', appointment_id = $2::bigint WHERE id = $1::bigint AND status = 'waiting')sql"};

const Statement kExpire{"waitlist_expire", R"sql(
UPDATE waitlist SET status = 'expired'
 WHERE status = 'waiting' AND (desired_date < $1::date OR created_at < $2::timestamp))sql"};

domain::PreferredRange readRange(const Rows& rows, int row, int column) {
    const auto range = domain::parsePreferredRange(rows.text(row, column));
    if (!range) throw std::logic_error("the waitlist holds an unknown range");
    return *range;
}

std::vector<app::WaitlistDetails> readDetails(const Rows& rows) {
    std::vector<app::WaitlistDetails> list;
    for (int row = 0; row < rows.size(); ++row) {
        app::WaitlistDetails details;
        details.entry.id = rows.id<base::WaitlistId>(row, 0);
        details.entry.doctor = rows.id<base::DoctorId>(row, 1);
        details.entry.patient = rows.id<base::PatientId>(row, 2);
        details.entry.desiredDate = rows.date(row, 3);
        details.entry.prefers = readRange(rows, row, 4);
        details.entry.priority = static_cast<int>(rows.integer(row, 5));
        details.entry.createdAt = rows.instant(row, 6);
        details.doctorName = rows.string(row, 7);
        details.specialty = rows.string(row, 8);
        details.patientName = rows.string(row, 9);
        details.status = rows.string(row, 10);
        list.push_back(std::move(details));
    }
    return list;
}

std::optional<app::PromotionSnapshot> readSnapshot(Connection& connection, app::BookingCalendar& calendar,
                                                   const app::PromotionWanted& wanted) {
    const auto& appointment = wanted.appointment;
    const base::Interval span{appointment.start, appointment.start + appointment.duration};
    auto booking = calendar.read(appointment.doctor, appointment.patient, wanted.date, wanted.dayUtc, span);
    if (!booking) return std::nullopt;
    const Rows rows = connection.run(kCircumstances, {wanted.entry, appointment.patient, span.begin, span.end});
    return app::PromotionSnapshot{std::move(*booking), rows.boolean(0, 0), rows.boolean(0, 1)};
}

} // namespace

std::optional<base::WaitlistId>
PostgresWaitlistStore::add(const domain::WaitlistEntry& entry, const domain::WaitlistHorizon& horizon,
                           const std::function<bool(const app::PatientsEntries&)>& decide) {
    const Lease connection = pool_.borrow();
    Transaction transaction(*connection);
    if (connection->run(kLockPatient, {entry.patient}).empty()) return std::nullopt;
    connection->run(kExpirePatients, {entry.patient, horizon.today, horizon.madeSince});
    const Rows counted = connection->run(kCount, {entry.patient, entry.doctor, entry.desiredDate});
    if (!decide({static_cast<int>(counted.integer(0, 0)), counted.boolean(0, 1)})) return std::nullopt;
    const Rows added = connection->run(kInsert, {entry.doctor, entry.patient, entry.desiredDate,
                                                 domain::toString(entry.prefers), entry.priority, entry.createdAt});
    transaction.commit();
    return added.id<base::WaitlistId>(0, 0);
}

std::vector<app::WaitlistDetails> PostgresWaitlistStore::ofDoctor(base::DoctorId doctor,
                                                                  const domain::WaitlistHorizon& horizon) {
    return readDetails(pool_.retrying([&](Connection& connection) {
        return connection.run(kOfDoctor, {doctor, horizon.today, horizon.madeSince, limits::kWaitlistEntries});
    }));
}

std::vector<app::WaitlistDetails> PostgresWaitlistStore::ofPatient(base::PatientId patient,
                                                                   const domain::WaitlistHorizon& horizon) {
    return readDetails(pool_.retrying([&](Connection& connection) {
        return connection.run(kOfPatient, {patient, horizon.today, horizon.madeSince, limits::kWaitlistEntries});
    }));
}

std::optional<app::WaitlistDetails> PostgresWaitlistStore::find(base::WaitlistId id,
                                                                const domain::WaitlistHorizon& horizon) {
    auto found = readDetails(pool_.retrying([&](Connection& connection) {
        return connection.run(kFindEntry, {id, horizon.today, horizon.madeSince});
    }));
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

app::WaitlistStore::Removed PostgresWaitlistStore::remove(base::WaitlistId id) {
    const Lease connection = pool_.borrow();
    if (connection->run(kRemove, {id}).affected() > 0) return Removed::Yes;
    return connection->run(kKnown, {id}).empty() ? Removed::Unknown : Removed::NotWaiting;
}

std::vector<app::WaitlistCandidateRow> PostgresWaitlistStore::candidates(base::DoctorId doctor, base::Date date,
                                                                         const domain::WaitlistHorizon& horizon) {
    const Rows rows = pool_.retrying([&](Connection& connection) {
        return connection.run(kCandidates, {doctor, horizon.today, horizon.madeSince, date, limits::kWaitlistEntries});
    });
    std::vector<app::WaitlistCandidateRow> list;
    for (int row = 0; row < rows.size(); ++row) {
        app::WaitlistCandidateRow found;
        found.candidate.id = rows.id<base::WaitlistId>(row, 0);
        found.patient = rows.id<base::PatientId>(row, 1);
        found.candidate.joined = rows.instant(row, 2);
        found.candidate.priority = static_cast<int>(rows.integer(row, 3));
        found.candidate.prefers = readRange(rows, row, 4);
        found.candidate.cancelledPromotions = static_cast<int>(rows.integer(row, 5));
        list.push_back(std::move(found));
    }
    return list;
}

std::optional<app::BookingMade>
PostgresWaitlistStore::promote(const app::PromotionWanted& wanted,
                               const std::function<bool(const app::PromotionSnapshot&)>& decide, base::Instant now) {
    const Lease connection = pool_.borrow();
    Transaction transaction(*connection);
    lockDoctor(*connection, wanted.appointment.doctor);
    connection->run(kLockPatientAndVisits, {wanted.appointment.patient});
    PostgresCalendar calendar(*connection);
    const auto snapshot = readSnapshot(*connection, calendar, wanted);
    if (!snapshot || !decide(*snapshot)) return std::nullopt;

    auto written = calendar.write(wanted.appointment, wanted.jobs, snapshot->booking.calendarVersion, now);
    auto* made = std::get_if<app::BookingMade>(&written);
    if (!made || connection->run(kMark, {wanted.entry, made->id}).affected() == 0) return std::nullopt;
    transaction.commit();
    return std::move(*made);
}

std::size_t PostgresWaitlistStore::expire(const domain::WaitlistHorizon& horizon) {
    return pool_.borrow()->run(kExpire, {horizon.today, horizon.madeSince}).affected();
}

} // namespace rota::postgres
