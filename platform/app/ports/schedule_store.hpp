#pragma once

#include "domain/doctor.hpp"
#include "domain/schedule.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rota::app {

/// A doctor whose row is locked. What is set raises the calendar's version, so that a booking under way decides anew.
/// Valid only inside the call that lends it.
class LockedDoctor {
public:
    virtual ~LockedDoctor() = default;

    virtual domain::Doctor doctor() = 0;
    /// Scheduled appointments that start after `now`, by start.
    virtual std::vector<domain::ComingVisit> coming(base::Instant now) = 0;

    virtual void setDoctor(const domain::Doctor& doctor) = 0;
    /// Replaces the whole week, which has been found right.
    virtual void setWeek(std::span<const domain::WorkingHours> week) = 0;
    virtual base::TimeOffId addTimeOff(domain::DateRange days, const std::string& reason) = 0;
    /// False where this doctor has none of that id.
    virtual bool removeTimeOff(base::TimeOffId id) = 0;
};

/// Working hours, time off and the doctors themselves, to change. Appointments stay as they are. Throws StorageError.
/// [thread-safe]
class ScheduleStore {
public:
    virtual ~ScheduleStore() = default;

    /// By day, then by begin. None where the doctor is unknown; inactive ones have a week.
    virtual std::optional<std::vector<domain::WorkingHours>> week(base::DoctorId doctor) = 0;

    /// What ends on `from` or later, by first day. None where the doctor is unknown.
    virtual std::optional<std::vector<domain::TimeOff>> timeOff(base::DoctorId doctor, base::Date from) = 0;

    virtual base::DoctorId addDoctor(const domain::Doctor& doctor, base::Instant now) = 0;

    /// One transaction: lends the doctor, locked from before the first read to the commit. False where the doctor is
    /// unknown. An exception out of `work` rolls back.
    virtual bool change(base::DoctorId doctor, const std::function<void(LockedDoctor&)>& work) = 0;
};

} // namespace rota::app
