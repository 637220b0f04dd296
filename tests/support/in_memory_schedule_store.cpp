#include "support/in_memory_schedule_store.hpp"

#include <algorithm>

namespace rota::testing {
namespace {

class LockedCalendar final : public app::LockedDoctor {
public:
    LockedCalendar(InMemoryTables& tables, base::DoctorId id) : tables_(tables), row_(tables.doctors.at(id)) {}

    domain::Doctor doctor() override { return row_.doctor; }

    std::vector<domain::ComingVisit> coming(base::Instant now) override {
        std::vector<domain::ComingVisit> visits;
        for (const auto& [id, row] : tables_.appointments) {
            const auto& taken = row.appointment;
            if (taken.doctor == row_.doctor.id && taken.status == domain::AppointmentStatus::Scheduled &&
                taken.start > now)
                visits.push_back({taken.id, taken.patient, tables_.patients.at(taken.patient).name, taken.start,
                                  taken.duration, taken.type});
        }
        std::sort(visits.begin(), visits.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
        return visits;
    }

    void setDoctor(const domain::Doctor& doctor) override {
        row_.doctor = doctor;
        ++row_.calendarVersion;
    }

    void setWeek(std::span<const domain::WorkingHours> week) override {
        row_.hours.clear();
        for (const auto& part : week)
            row_.hours[part.dayOfWeek].push_back(part.hours);
        ++row_.calendarVersion;
    }

    base::TimeOffId addTimeOff(domain::DateRange days, const std::string& reason) override {
        row_.timeOff.push_back({{++tables_.lastId}, days, reason});
        ++row_.calendarVersion;
        return row_.timeOff.back().id;
    }

    bool removeTimeOff(base::TimeOffId id) override {
        if (std::erase_if(row_.timeOff, [&](const domain::TimeOff& timeOff) { return timeOff.id == id; }) == 0)
            return false;
        ++row_.calendarVersion;
        return true;
    }

private:
    InMemoryTables& tables_;
    InMemoryTables::DoctorRow& row_;
};

} // namespace

std::optional<std::vector<domain::WorkingHours>> InMemoryScheduleStore::week(base::DoctorId doctor) {
    return database_.transaction([&](InMemoryTables& tables) -> std::optional<std::vector<domain::WorkingHours>> {
        const auto row = tables.doctors.find(doctor);
        if (row == tables.doctors.end()) return std::nullopt;
        std::vector<domain::WorkingHours> week;
        for (const auto& [day, ranges] : row->second.hours)
            for (const auto& range : ranges)
                week.push_back({day, range});
        return week;
    });
}

std::optional<std::vector<domain::TimeOff>> InMemoryScheduleStore::timeOff(base::DoctorId doctor, base::Date from) {
    return database_.transaction([&](InMemoryTables& tables) -> std::optional<std::vector<domain::TimeOff>> {
        const auto row = tables.doctors.find(doctor);
        if (row == tables.doctors.end()) return std::nullopt;
        std::vector<domain::TimeOff> all;
        std::ranges::copy_if(row->second.timeOff, std::back_inserter(all),
                             [&](const domain::TimeOff& timeOff) { return timeOff.days.last >= from; });
        std::ranges::stable_sort(all, {}, [](const domain::TimeOff& timeOff) { return timeOff.days.first; });
        return all;
    });
}

base::DoctorId InMemoryScheduleStore::addDoctor(const domain::Doctor& doctor, base::Instant) {
    return database_.addDoctor(doctor);
}

bool InMemoryScheduleStore::change(base::DoctorId doctor, const std::function<void(app::LockedDoctor&)>& work) {
    return database_.transaction([&](InMemoryTables& tables) {
        if (!tables.doctors.contains(doctor)) return false;
        LockedCalendar locked(tables, doctor);
        work(locked);
        return true;
    });
}

} // namespace rota::testing
