#pragma once

#include "app/ports/doctor_store.hpp"
#include "postgres/pool.hpp"

namespace rota::postgres {

/// [thread-safe]
class PostgresDoctorStore final : public app::DoctorStore {
public:
    /// `pool` outlives this, here and in the other stores.
    explicit PostgresDoctorStore(Pool& pool) : pool_(pool) {}

    std::vector<domain::Doctor> list() override;
    std::optional<domain::Doctor> find(base::DoctorId id) override;
    std::optional<domain::DoctorDay> day(base::DoctorId id, base::Date date, base::Interval dayUtc) override;
    std::map<base::DoctorId, domain::DoctorCalendar>
    calendars(std::span<const base::DoctorId> ids, domain::DateRange range, base::Interval rangeUtc) override;

private:
    Pool& pool_;
};

} // namespace rota::postgres
