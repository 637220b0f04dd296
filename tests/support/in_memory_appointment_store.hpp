#pragma once

#include "app/ports/appointment_store.hpp"
#include "support/in_memory_database.hpp"

namespace rota::testing {

class InMemoryAppointmentStore final : public app::AppointmentStore {
public:
    explicit InMemoryAppointmentStore(InMemoryDatabase& database) : database_(database) {}

    void withCalendar(const std::function<void(app::BookingCalendar&)>& decide) override;
    void withLockedCalendar(base::DoctorId doctor, const std::function<void(app::BookingCalendar&)>& decide) override;
    std::optional<app::AppointmentDetails> find(base::AppointmentId id) override;
    std::optional<app::AppointmentPage> list(const app::AppointmentPageWanted& wanted, base::Instant now) override;
    bool withLocked(base::AppointmentId id, const std::function<void(app::LockedAppointment&)>& change) override;
    std::optional<std::optional<app::CancellationDone>> cancel(base::AppointmentId id, const DecideCancellation& decide,
                                                               base::Instant now) override;

private:
    InMemoryDatabase& database_;
};

} // namespace rota::testing
