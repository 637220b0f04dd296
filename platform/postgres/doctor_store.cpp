#include "postgres/doctor_store.hpp"

#include "postgres/calendar_day.hpp"
#include "postgres/doctor_row.hpp"

namespace rota::postgres {
namespace {

const Statement kListDoctors{"doctor_list",
                             "SELECT " + kDoctorColumns + " FROM doctors d WHERE d.active ORDER BY d.id"};

const Statement kFindDoctor{"doctor_find", "SELECT " + kDoctorColumns + " FROM doctors d WHERE d.id = $1::bigint"};

/// $1 local date, $2 and $3 its bounds, $4 doctor.
const Statement kDay{"doctor_day",
                     "SELECT" + kCalendarDayColumns + " FROM doctors d WHERE d.id = $4::bigint AND d.active"};

/// $1 and $2 first and last local date, $3 and $4 the bounds in UTC, $5 the doctors.
const Statement kCalendars{"doctor_calendars", "SELECT d.id," + kCalendarColumns +
                                                   " FROM doctors d WHERE d.active AND d.id = ANY($5::bigint[])"};

} // namespace

std::vector<domain::Doctor> PostgresDoctorStore::list() {
    const Rows rows = pool_.retrying([](Connection& connection) { return connection.run(kListDoctors); });
    std::vector<domain::Doctor> doctors;
    for (int row = 0; row < rows.size(); ++row)
        doctors.push_back(readDoctor(rows, row));
    return doctors;
}

std::optional<domain::Doctor> PostgresDoctorStore::find(base::DoctorId id) {
    const Rows rows = pool_.retrying([&](Connection& connection) { return connection.run(kFindDoctor, {id}); });
    if (rows.empty()) return std::nullopt;
    return readDoctor(rows, 0);
}

std::optional<domain::DoctorDay> PostgresDoctorStore::day(base::DoctorId id, base::Date date, base::Interval dayUtc) {
    const Rows rows = pool_.retrying([&](Connection& connection) {
        return connection.run(kDay, {date, dayUtc.begin, dayUtc.end, id});
    });
    if (rows.empty()) return std::nullopt;
    return readCalendarDay(rows, 0, 0, date);
}

std::map<base::DoctorId, domain::DoctorCalendar>
PostgresDoctorStore::calendars(std::span<const base::DoctorId> ids, domain::DateRange range, base::Interval rangeUtc) {
    const auto wanted = arrayOf(ids, [](base::DoctorId id) { return Parameter(id); });
    const Rows rows = pool_.retrying([&](Connection& connection) {
        return connection.run(kCalendars, {range.first, range.last, rangeUtc.begin, rangeUtc.end, wanted});
    });
    std::map<base::DoctorId, domain::DoctorCalendar> calendars;
    for (int row = 0; row < rows.size(); ++row)
        calendars.emplace(rows.id<base::DoctorId>(row, 0), readCalendar(rows, row, 1));
    return calendars;
}

} // namespace rota::postgres
