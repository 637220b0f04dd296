#pragma once

#include "domain/booking_rules.hpp"
#include "domain/calendar.hpp"
#include "domain/doctor.hpp"

#include <map>
#include <optional>
#include <span>
#include <vector>

namespace rota::app {

/// Doctors and their calendars, to read. Throws StorageError. [thread-safe]
class DoctorStore {
public:
    virtual ~DoctorStore() = default;

    /// The active ones, by id.
    virtual std::vector<domain::Doctor> list() = 0;
    virtual std::optional<domain::Doctor> find(base::DoctorId id) = 0;

    /// One statement: hours, time off and taken times of a local day. None where the doctor is unknown or inactive.
    /// `dayUtc` are that day's bounds.
    virtual std::optional<domain::DoctorDay> day(base::DoctorId id, base::Date date, base::Interval dayUtc) = 0;

    /// One statement for all of `ids`: what decides about the days of `range`. Unknown and inactive doctors are left
    /// out. `rangeUtc` is from the first day's begin to the last one's end.
    virtual std::map<base::DoctorId, domain::DoctorCalendar>
    calendars(std::span<const base::DoctorId> ids, domain::DateRange range, base::Interval rangeUtc) = 0;
};

} // namespace rota::app
