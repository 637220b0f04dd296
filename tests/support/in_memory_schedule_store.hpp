#pragma once

#include "app/ports/schedule_store.hpp"
#include "support/in_memory_database.hpp"

namespace rota::testing {

class InMemoryScheduleStore final : public app::ScheduleStore {
public:
    explicit InMemoryScheduleStore(InMemoryDatabase& database) : database_(database) {}

    std::optional<std::vector<domain::WorkingHours>> week(base::DoctorId doctor) override;
    std::optional<std::vector<domain::TimeOff>> timeOff(base::DoctorId doctor, base::Date from) override;
    base::DoctorId addDoctor(const domain::Doctor& doctor, base::Instant now) override;
    bool change(base::DoctorId doctor, const std::function<void(app::LockedDoctor&)>& work) override;

private:
    InMemoryDatabase& database_;
};

} // namespace rota::testing
