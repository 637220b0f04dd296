#include "support/in_memory_doctor_store.hpp"

#include "base/zone.hpp"

#include <algorithm>

namespace rota::testing {

domain::DoctorDay doctorDay(const InMemoryTables& tables, base::DoctorId doctor, base::Date date,
                            base::Interval dayUtc) {
    const auto& row = tables.doctors.at(doctor);
    domain::DoctorDay day;
    day.date = date;
    if (const auto hours = row.hours.find(base::dayOfWeek(date)); hours != row.hours.end()) day.hours = hours->second;
    std::sort(day.hours.begin(), day.hours.end(), [](auto a, auto b) { return a.begin < b.begin; });
    day.timeOff = std::any_of(row.timeOff.begin(), row.timeOff.end(),
                              [&](const auto& off) { return off.days.first <= date && date <= off.days.last; });
    for (const auto& [id, appointment] : tables.appointments) {
        const auto& taken = appointment.appointment;
        if (taken.doctor == doctor && taken.status != domain::AppointmentStatus::Cancelled &&
            taken.span().overlaps(dayUtc))
            day.busy.push_back({taken.span(), taken.type});
    }
    return day;
}

namespace {

domain::DoctorCalendar calendarOf(const InMemoryTables& tables, base::DoctorId doctor, base::Interval rangeUtc) {
    const auto& row = tables.doctors.at(doctor);
    domain::DoctorCalendar calendar;
    for (const auto& [day, ranges] : row.hours)
        for (const auto& range : ranges)
            calendar.week.push_back({day, range});
    std::sort(calendar.week.begin(), calendar.week.end(), [](const auto& a, const auto& b) {
        return std::pair{a.dayOfWeek, a.hours.begin} < std::pair{b.dayOfWeek, b.hours.begin};
    });
    for (const auto& off : row.timeOff)
        calendar.timeOff.push_back(off.days);
    for (const auto& [id, appointment] : tables.appointments) {
        const auto& taken = appointment.appointment;
        if (taken.doctor == doctor && taken.status != domain::AppointmentStatus::Cancelled &&
            taken.span().overlaps(rangeUtc))
            calendar.busy.push_back({taken.span(), taken.type});
    }
    std::sort(calendar.busy.begin(), calendar.busy.end(),
              [](const auto& a, const auto& b) { return a.span.begin < b.span.begin; });
    return calendar;
}

} // namespace

std::vector<domain::Doctor> InMemoryDoctorStore::list() {
    return database_.transaction([](InMemoryTables& tables) {
        std::vector<domain::Doctor> doctors;
        for (const auto& [id, row] : tables.doctors)
            if (row.doctor.active) doctors.push_back(row.doctor);
        return doctors;
    });
}

std::optional<domain::Doctor> InMemoryDoctorStore::find(base::DoctorId id) {
    return database_.transaction([&](InMemoryTables& tables) -> std::optional<domain::Doctor> {
        const auto row = tables.doctors.find(id);
        if (row == tables.doctors.end()) return std::nullopt;
        return row->second.doctor;
    });
}

std::optional<domain::DoctorDay> InMemoryDoctorStore::day(base::DoctorId id, base::Date date, base::Interval dayUtc) {
    return database_.transaction([&](InMemoryTables& tables) -> std::optional<domain::DoctorDay> {
        const auto row = tables.doctors.find(id);
        if (row == tables.doctors.end() || !row->second.doctor.active) return std::nullopt;
        return doctorDay(tables, id, date, dayUtc);
    });
}

std::map<base::DoctorId, domain::DoctorCalendar>
InMemoryDoctorStore::calendars(std::span<const base::DoctorId> ids, domain::DateRange, base::Interval rangeUtc) {
    ++calendarQueries_;
    return database_.transaction([&](InMemoryTables& tables) {
        std::map<base::DoctorId, domain::DoctorCalendar> calendars;
        for (const auto id : ids)
            if (const auto row = tables.doctors.find(id); row != tables.doctors.end() && row->second.doctor.active)
                calendars.emplace(id, calendarOf(tables, id, rangeUtc));
        return calendars;
    });
}

} // namespace rota::testing
