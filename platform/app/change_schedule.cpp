#include "app/change_schedule.hpp"

namespace rota::app {

ChangeSchedule::ChangeSchedule(ScheduleStore& schedules, const base::Clock& clock, const Clinic& clinic)
    : schedules_(schedules), clock_(clock), clinic_(clinic) {}

std::optional<ChangeSchedule::Affected>
ChangeSchedule::setWeek(base::DoctorId doctor, const std::vector<domain::WorkingHours>& week, Mode mode) {
    Affected affected;
    const bool known = schedules_.change(doctor, [&](LockedDoctor& locked) {
        affected = domain::outsideHours(week, locked.coming(clock_.now()), clinic_.zone);
        if (mode == Mode::Change) locked.setWeek(week);
    });
    return known ? std::optional{std::move(affected)} : std::nullopt;
}

std::optional<ChangeSchedule::TimeOffAdded> ChangeSchedule::addTimeOff(base::DoctorId doctor, domain::DateRange days,
                                                                       const std::string& reason, Mode mode) {
    TimeOffAdded added{{{}, days, reason}, {}};
    const bool known = schedules_.change(doctor, [&](LockedDoctor& locked) {
        added.affected = domain::within(days, locked.coming(clock_.now()), clinic_.zone);
        if (mode == Mode::Change) added.timeOff.id = locked.addTimeOff(days, reason);
    });
    return known ? std::optional{std::move(added)} : std::nullopt;
}

std::optional<bool> ChangeSchedule::removeTimeOff(base::DoctorId doctor, base::TimeOffId id) {
    bool removed = false;
    const bool known = schedules_.change(doctor, [&](LockedDoctor& locked) { removed = locked.removeTimeOff(id); });
    return known ? std::optional{removed} : std::nullopt;
}

std::optional<ChangeSchedule::DoctorChanged>
ChangeSchedule::setDetails(base::DoctorId doctor, const domain::DoctorDetails& details, Mode mode) {
    DoctorChanged changed;
    const bool known = schedules_.change(doctor, [&](LockedDoctor& locked) {
        changed.doctor = domain::withDetails(locked.doctor(), details);
        if (!changed.doctor.active) changed.affected = locked.coming(clock_.now());
        if (mode == Mode::Change) locked.setDoctor(changed.doctor);
    });
    return known ? std::optional{std::move(changed)} : std::nullopt;
}

domain::Doctor ChangeSchedule::addDoctor(const domain::DoctorDetails& details) {
    auto doctor = domain::withDetails({}, details);
    doctor.id = schedules_.addDoctor(doctor, clock_.now());
    return doctor;
}

} // namespace rota::app
