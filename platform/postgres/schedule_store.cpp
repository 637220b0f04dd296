#include "postgres/schedule_store.hpp"

#include "postgres/doctor_row.hpp"

#include <stdexcept>

namespace rota::postgres {
namespace {

/// A doctor without hours is a row of NULLs, an unknown one none.
const Statement kWeek{"schedule_week", R"sql(
SELECT s.day_of_week, s.start_time, s.end_time FROM doctors d LEFT JOIN schedules s ON s.doctor_id = d.id
 WHERE d.id = $1::bigint ORDER BY s.day_of_week, s.start_time)sql"};

/// Likewise. $1 doctor, $2 the day from which on.
const Statement kTimeOff{"schedule_time_off", R"sql(
SELECT t.id, t.start_date, t.end_date, t.reason
  FROM doctors d LEFT JOIN doctor_time_off t ON t.doctor_id = d.id AND t.end_date >= $2::date
 WHERE d.id = $1::bigint ORDER BY t.start_date, t.id)sql"};

const Statement kAddDoctor{"doctor_add", R"sql(
INSERT INTO doctors (name, specialty, bio, photo_url, years_of_experience, active, created_at)
VALUES ($1, $2, $3, $4, $5::int, $6::bool, $7::timestamp) RETURNING id)sql"};

const Statement kLockDoctorToChange{
    "doctor_lock_to_change", "SELECT " + kDoctorColumns + " FROM doctors d WHERE d.id = $1::bigint FOR NO KEY UPDATE"};

/// A statement of its own behind the lock, so that it sees what was committed while it was waited for.
const Statement kComing{"schedule_coming", R"sql(
SELECT a.id, a.patient_id, p.name, a.start_time, a.duration, a.type
  FROM appointments a JOIN patients p ON p.id = a.patient_id
 WHERE a.doctor_id = $1::bigint AND a.status = 'scheduled' AND a.start_time > $2::timestamp
 ORDER BY a.start_time)sql"};

const Statement kRaiseCalendar{"doctor_raise_calendar",
                               "UPDATE doctors SET calendar_version = calendar_version + 1 WHERE id = $1::bigint"};

const Statement kSetDoctor{"doctor_set", R"sql(
UPDATE doctors SET name = $2, specialty = $3, bio = $4, photo_url = $5, years_of_experience = $6::int,
       active = $7::bool, calendar_version = calendar_version + 1
 WHERE id = $1::bigint)sql"};

const Statement kClearWeek{"schedule_clear", "DELETE FROM schedules WHERE doctor_id = $1::bigint"};

const Statement kAddWeek{"schedule_add", R"sql(
INSERT INTO schedules (doctor_id, day_of_week, start_time, end_time)
SELECT $1::bigint, w.* FROM unnest($2::int[], $3::time[], $4::time[]) w)sql"};

const Statement kAddTimeOff{"time_off_add", R"sql(
INSERT INTO doctor_time_off (doctor_id, start_date, end_date, reason)
VALUES ($1::bigint, $2::date, $3::date, $4) RETURNING id)sql"};

const Statement kRemoveTimeOff{"time_off_remove",
                               "DELETE FROM doctor_time_off WHERE id = $1::bigint AND doctor_id = $2::bigint"};

domain::ComingVisit readComing(const Rows& rows, int row) {
    const auto type = domain::parseVisitType(rows.text(row, 5));
    if (!type) throw std::logic_error("appointments hold an unknown type");
    return {rows.id<base::AppointmentId>(row, 0),
            rows.id<base::PatientId>(row, 1),
            rows.string(row, 2),
            rows.instant(row, 3),
            base::Minutes(rows.integer(row, 4)),
            *type};
}

/// Statements of one transaction.
class Locked final : public app::LockedDoctor {
public:
    Locked(Connection& connection, domain::Doctor doctor) : connection_(connection), doctor_(std::move(doctor)) {}

    domain::Doctor doctor() override { return doctor_; }

    std::vector<domain::ComingVisit> coming(base::Instant now) override {
        const Rows rows = connection_.run(kComing, {doctor_.id, now});
        std::vector<domain::ComingVisit> visits;
        for (int row = 0; row < rows.size(); ++row)
            visits.push_back(readComing(rows, row));
        return visits;
    }

    void setDoctor(const domain::Doctor& doctor) override {
        connection_.run(kSetDoctor, {doctor_.id, doctor.name, doctor.specialty, doctor.bio, doctor.photoUrl,
                                     doctor.yearsOfExperience, doctor.active});
    }

    void setWeek(std::span<const domain::WorkingHours> week) override {
        connection_.run(kClearWeek, {doctor_.id});
        const auto time = [](base::Minutes minutes) { return Parameter(base::formatTimeOfDay(minutes)); };
        connection_.run(kAddWeek,
                        {doctor_.id, arrayOf(week, [](const auto& part) { return Parameter(part.dayOfWeek); }),
                         arrayOf(week, [&](const auto& part) { return time(part.hours.begin); }),
                         arrayOf(week, [&](const auto& part) { return time(part.hours.end); })});
        connection_.run(kRaiseCalendar, {doctor_.id});
    }

    base::TimeOffId addTimeOff(domain::DateRange days, const std::string& reason) override {
        const Rows added = connection_.run(kAddTimeOff, {doctor_.id, days.first, days.last, reason});
        connection_.run(kRaiseCalendar, {doctor_.id});
        return added.id<base::TimeOffId>(0, 0);
    }

    bool removeTimeOff(base::TimeOffId id) override {
        if (connection_.run(kRemoveTimeOff, {id, doctor_.id}).affected() == 0) return false;
        connection_.run(kRaiseCalendar, {doctor_.id});
        return true;
    }

private:
    Connection& connection_;
    const domain::Doctor doctor_;
};

} // namespace

std::optional<std::vector<domain::WorkingHours>> PostgresScheduleStore::week(base::DoctorId doctor) {
    const Rows rows = pool_.retrying([&](Connection& connection) { return connection.run(kWeek, {doctor}); });
    if (rows.empty()) return std::nullopt;
    std::vector<domain::WorkingHours> week;
    for (int row = 0; row < rows.size() && !rows.isNull(row, 0); ++row)
        week.push_back({static_cast<unsigned>(rows.integer(row, 0)),
                        {parseTimeOfDay(rows.text(row, 1)), parseTimeOfDay(rows.text(row, 2))}});
    return week;
}

std::optional<std::vector<domain::TimeOff>> PostgresScheduleStore::timeOff(base::DoctorId doctor, base::Date from) {
    const Rows rows = pool_.retrying([&](Connection& connection) { return connection.run(kTimeOff, {doctor, from}); });
    if (rows.empty()) return std::nullopt;
    std::vector<domain::TimeOff> all;
    for (int row = 0; row < rows.size() && !rows.isNull(row, 0); ++row)
        all.push_back({rows.id<base::TimeOffId>(row, 0), {rows.date(row, 1), rows.date(row, 2)}, rows.string(row, 3)});
    return all;
}

base::DoctorId PostgresScheduleStore::addDoctor(const domain::Doctor& doctor, base::Instant now) {
    return pool_.borrow()
        ->run(kAddDoctor, {doctor.name, doctor.specialty, doctor.bio, doctor.photoUrl, doctor.yearsOfExperience,
                           doctor.active, now})
        .id<base::DoctorId>(0, 0);
}

bool PostgresScheduleStore::change(base::DoctorId doctor, const std::function<void(app::LockedDoctor&)>& work) {
    const Lease connection = pool_.borrow();
    Transaction transaction(*connection);
    const Rows rows = connection->run(kLockDoctorToChange, {doctor});
    if (rows.empty()) return false;
    Locked locked(*connection, readDoctor(rows, 0));
    work(locked);
    transaction.commit();
    return true;
}

} // namespace rota::postgres
