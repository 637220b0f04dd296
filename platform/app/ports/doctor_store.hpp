#pragma once

#include "domain/booking_rules.hpp"
#include "domain/doctor.hpp"

#include <optional>
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
};

} // namespace rota::app
