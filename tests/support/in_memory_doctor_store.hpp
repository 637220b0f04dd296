#pragma once

#include "app/ports/doctor_store.hpp"
#include "support/in_memory_database.hpp"

namespace rota::testing {

/// A local day of a doctor, as DoctorStore::day and BookingCalendar::read see it.
domain::DoctorDay doctorDay(const InMemoryTables& tables, base::DoctorId doctor, base::Date date,
                            base::Interval dayUtc);

class InMemoryDoctorStore final : public app::DoctorStore {
public:
    explicit InMemoryDoctorStore(InMemoryDatabase& database) : database_(database) {}

    std::vector<domain::Doctor> list() override;
    std::optional<domain::Doctor> find(base::DoctorId id) override;
    std::optional<domain::DoctorDay> day(base::DoctorId id, base::Date date, base::Interval dayUtc) override;

private:
    InMemoryDatabase& database_;
};

} // namespace rota::testing
