#pragma once

#include "app/ports/schedule_store.hpp"
#include "postgres/pool.hpp"

namespace rota::postgres {

/// [thread-safe]
class PostgresScheduleStore final : public app::ScheduleStore {
public:
    explicit PostgresScheduleStore(Pool& pool) : pool_(pool) {}

    std::optional<std::vector<domain::WorkingHours>> week(base::DoctorId doctor) override;
    std::optional<std::vector<domain::TimeOff>> timeOff(base::DoctorId doctor, base::Date from) override;
    base::DoctorId addDoctor(const domain::Doctor& doctor, base::Instant now) override;
    bool change(base::DoctorId doctor, const std::function<void(app::LockedDoctor&)>& work) override;

private:
    Pool& pool_;
};

} // namespace rota::postgres
