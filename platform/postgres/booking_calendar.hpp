#pragma once

#include "app/ports/appointment_store.hpp"
#include "postgres/connection.hpp"

#include <functional>
#include <optional>
#include <span>

/// What the stores that book share. Only for this folder's sources.
namespace rota::postgres {

/// Statements of a booking, each on a connection lent for it.
class PostgresCalendar final : public app::BookingCalendar {
public:
    using Use = std::function<Rows(Connection&)>;
    struct Connections {
        std::function<Rows(const Use&)> forReading;
        std::function<Rows(const Use&)> forWriting;
    };
    explicit PostgresCalendar(Connections connections) : connections_(std::move(connections)) {}
    /// All on one connection, such as that of a transaction, which must outlive this.
    explicit PostgresCalendar(Connection& connection);

    std::optional<app::BookingSnapshot> read(base::DoctorId doctor, base::PatientId patient, base::Date date,
                                             base::Interval dayUtc, base::Interval wanted) override;
    app::BookingWrite write(const app::NewAppointment& appointment, std::span<const domain::PlannedJob> jobs,
                            std::int64_t calendarVersion, base::Instant now) override;

private:
    Connections connections_;
};

/// Locks the doctor's row until the transaction ends: the first lock of whoever decides about a calendar.
void lockDoctor(Connection& connection, base::DoctorId doctor);

/// Kinds and times of jobs, for unnest.
ArrayParameter kindsOf(std::span<const domain::PlannedJob> jobs);
ArrayParameter timesOf(std::span<const domain::PlannedJob> jobs);

} // namespace rota::postgres
