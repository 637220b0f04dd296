#pragma once

#include "app/ports/doctor_store.hpp"
#include "support/in_memory_database.hpp"

#include <atomic>

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
    std::map<base::DoctorId, domain::DoctorCalendar>
    calendars(std::span<const base::DoctorId> ids, domain::DateRange range, base::Interval rangeUtc) override;
    /// How often calendars() was asked.
    int calendarQueries() const { return calendarQueries_; }

private:
    InMemoryDatabase& database_;
    std::atomic<int> calendarQueries_{0};
};

} // namespace rota::testing
