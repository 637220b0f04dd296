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
                              [&](const auto& off) { return off.first <= date && date <= off.second; });
    for (const auto& [id, appointment] : tables.appointments) {
        const auto& taken = appointment.appointment;
        if (taken.doctor == doctor && taken.status != domain::AppointmentStatus::Cancelled &&
            taken.span().overlaps(dayUtc))
            day.busy.push_back({taken.span(), taken.type});
    }
    return day;
}

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

} // namespace rota::testing
