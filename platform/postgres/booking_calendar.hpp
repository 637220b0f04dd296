#pragma once

#include "app/ports/appointment_store.hpp"
#include "postgres/connection.hpp"

#include <functional>
#include <optional>
#include <span>

/// What the stores that book share. Only for this folder's sources.
namespace rota::postgres {

/// A booking's two statements, run as whoever lends the calendar has them run.
class PostgresCalendar final : public app::BookingCalendar {
public:
    using Run = std::function<Rows(const Statement&, const Parameters&)>;
    PostgresCalendar(Run snapshot, Run write) : snapshot_(std::move(snapshot)), write_(std::move(write)) {}
    /// Both on one connection, such as that of a transaction, which must outlive this.
    explicit PostgresCalendar(Connection& connection);

    std::optional<app::BookingSnapshot> read(base::DoctorId doctor, base::PatientId patient, base::Date date,
                                             base::Interval dayUtc, base::Interval wanted) override;
    app::BookingWrite write(const app::NewAppointment& appointment, std::span<const domain::PlannedJob> jobs,
                            std::int64_t calendarVersion, base::Instant now) override;

private:
    Run snapshot_;
    Run write_;
};

/// Locks the doctor's row until the transaction ends: the first lock of whoever decides about a calendar.
void lockDoctor(Connection& connection, base::DoctorId doctor);

/// Kinds and times of jobs, for unnest.
ArrayParameter kindsOf(std::span<const domain::PlannedJob> jobs);
ArrayParameter timesOf(std::span<const domain::PlannedJob> jobs);

} // namespace rota::postgres
