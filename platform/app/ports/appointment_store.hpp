#pragma once

#include "domain/appointment.hpp"
#include "domain/booking_rules.hpp"
#include "domain/job.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace rota::app {

/// A job row that a transaction made, for the queue.
struct QueuedJob {
    base::JobId id;
    base::Instant runAt;
};

/// All that a booking decides on, read in one statement.
struct BookingSnapshot {
    bool doctorActive = false;
    bool patientExists = false;
    std::int64_t calendarVersion = 0;
    domain::DoctorDay day;
    /// COUNT(*) of standing appointments that OVERLAP the wanted time.
    int clashes = 0;
};

struct NewAppointment {
    base::DoctorId doctor;
    base::PatientId patient;
    base::Instant start;
    base::Minutes duration{0};
    domain::VisitType type = domain::VisitType::Standard;
};

struct BookingMade {
    base::AppointmentId id;
    std::vector<QueuedJob> jobs;
};
/// The calendar has changed since the snapshot; nothing was written. Decide anew.
struct CalendarStale {};
/// The exclusion constraint spoke; nothing was written.
struct Overlaps {};
using BookingWrite = std::variant<BookingMade, CalendarStale, Overlaps>;

/// One doctor's calendar during one decision. Valid only inside the call that lends it.
class BookingCalendar {
public:
    virtual ~BookingCalendar() = default;

    /// None where the doctor is unknown. `dayUtc` are the local date's bounds.
    virtual std::optional<BookingSnapshot> read(base::DoctorId doctor, base::PatientId patient, base::Date date,
                                                base::Interval dayUtc, base::Interval wanted) = 0;

    /// Appointment and job rows in one statement, only if the doctor's calendar version still is `calendarVersion`,
    /// which it raises. Jobs get `appointment.start` as not_after and schedule version 1.
    virtual BookingWrite write(const NewAppointment& appointment, std::span<const domain::PlannedJob> jobs,
                               std::int64_t calendarVersion, base::Instant now) = 0;
};

struct CancellationDone {
    std::vector<base::JobId> voidedJobs;
    std::vector<QueuedJob> newJobs;
    /// Messages that had been claimed when the appointment was cancelled, and may still leave.
    std::vector<base::JobId> inFlight;
};

/// An appointment with the names that answers show.
struct AppointmentDetails {
    domain::Appointment appointment;
    std::string doctorName;
    std::string specialty;
    std::string patientName;
};

struct AppointmentPage {
    std::vector<AppointmentDetails> appointments;
    std::int64_t total = 0; ///< on all pages
};

/// A page of a patient's appointments, newest start first.
struct AppointmentPageWanted {
    base::PatientId patient;
    std::optional<domain::AppointmentCategory> category; ///< none: all
    int page = 1;
    int limit = 20;
};

/// An appointment while its doctor's row and it are locked. Valid only inside the call that lends it.
class LockedAppointment {
public:
    virtual ~LockedAppointment() = default;
    virtual const domain::Appointment& appointment() const = 0;
    /// Its doctor's.
    virtual BookingCalendar& calendar() = 0;

    /// Gives it another start: schedule version, calendar sequence and the doctor's calendar version rise, pending jobs
    /// become void, but for what is done about times freed before. `jobs` are added for the new start, `freedJobs` as
    /// those of the appointment as it was. Overlaps are the caller's to exclude; the constraint that speaks in spite of
    /// it is a StorageError.
    virtual CancellationDone move(base::Instant start, std::span<const domain::PlannedJob> freedJobs,
                                  std::span<const domain::PlannedJob> jobs, base::Instant now) = 0;
    /// Completed or NoShow.
    virtual void conclude(domain::AppointmentStatus status) = 0;
};

/// Throws StorageError. [thread-safe]
class AppointmentStore {
public:
    virtual ~AppointmentStore() = default;

    /// Lends a calendar without a transaction: read and write are a statement each.
    virtual void withCalendar(const std::function<void(BookingCalendar&)>& decide) = 0;

    /// Lends one while the doctor's row is locked, from before the first read to the commit, which follows `decide`.
    /// An exception out of `decide` rolls back.
    virtual void withLockedCalendar(base::DoctorId doctor, const std::function<void(BookingCalendar&)>& decide) = 0;

    virtual std::optional<AppointmentDetails> find(base::AppointmentId id) = 0;

    /// Page and total of one moment. None where the patient is unknown.
    virtual std::optional<AppointmentPage> list(const AppointmentPageWanted& wanted, base::Instant now) = 0;

    /// Lends the appointment, locked until the commit that follows `change`. False where it is unknown. An exception
    /// out of `change` rolls back.
    virtual bool withLocked(base::AppointmentId id, const std::function<void(LockedAppointment&)>& change) = 0;

    /// Locks doctor and appointment, asks `decide` with the appointment as it then is, and cancels it if the answer is
    /// true: status, fee, cancelled_at, calendar version; pending jobs become void, but for what is done about times
    /// that it freed before; `newJobs` are added. A PromoteWaitlist job's payload says which time is freed: {doctor_id,
    /// start_ms, duration, type}.
    /// None where the appointment is unknown; an inner none where `decide` refused.
    struct CancellationDecision {
        bool cancel = false;
        bool feeApplied = false;
        std::vector<domain::PlannedJob> newJobs;
    };
    using DecideCancellation = std::function<CancellationDecision(const domain::Appointment&)>;
    virtual std::optional<std::optional<CancellationDone>>
    cancel(base::AppointmentId id, const DecideCancellation& decide, base::Instant now) = 0;
};

} // namespace rota::app
