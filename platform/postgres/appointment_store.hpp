#pragma once

#include "app/ports/appointment_store.hpp"
#include "postgres/pool.hpp"

namespace rota::postgres {

/// Locks, where it does, in the order doctor, patient, appointment, waitlist, jobs. [thread-safe]
class PostgresAppointmentStore final : public app::AppointmentStore {
public:
    explicit PostgresAppointmentStore(Pool& pool) : pool_(pool) {}

    void withCalendar(const std::function<void(app::BookingCalendar&)>& decide) override;
    void withLockedCalendar(base::DoctorId doctor, const std::function<void(app::BookingCalendar&)>& decide) override;
    std::optional<app::AppointmentDetails> find(base::AppointmentId id) override;
    std::optional<app::AppointmentPage> list(const app::AppointmentPageWanted& wanted, base::Instant now) override;
    bool withLocked(base::AppointmentId id, const std::function<void(app::LockedAppointment&)>& change) override;
    std::optional<std::optional<app::CancellationDone>> cancel(base::AppointmentId id, const DecideCancellation& decide,
                                                               base::Instant now) override;

private:
    Pool& pool_;
};

} // namespace rota::postgres
