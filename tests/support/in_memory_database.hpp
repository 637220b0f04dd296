#pragma once

#include "app/ports/suppression_store.hpp"
#include "domain/appointment.hpp"
#include "domain/delivery.hpp"
#include "domain/doctor.hpp"
#include "domain/job.hpp"
#include "domain/patient.hpp"
#include "domain/schedule.hpp"
#include "domain/waitlist.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace rota::testing {

enum class JobState {
    Scheduled,
    Running,
    Retry,
    Sent,
    Delivered,
    Undelivered,
    Done,
    Failed,
    Suppressed,
    Unknown,
    Cancelled,
    Expired
};
std::string toString(JobState state); ///< as the `jobs` table writes it

/// The rows that the in-memory stores share, as the tables hold them.
struct InMemoryTables {
    struct DoctorRow {
        domain::Doctor doctor;
        std::int64_t calendarVersion = 0;
        std::map<unsigned, std::vector<domain::HoursRange>> hours; ///< by day of week
        std::vector<domain::TimeOff> timeOff;
    };
    struct AppointmentRow {
        domain::Appointment appointment;
        std::map<domain::JobKind, base::Instant> reminderSentAt;
    };
    struct JobRow {
        base::JobId id;
        domain::JobKind kind = domain::JobKind::Confirmation;
        base::AppointmentId appointment;
        base::PatientId patient; ///< of a job without an appointment
        std::string dedupeKey;   ///< of such a one
        int scheduleVersion = 1;
        base::Instant runAt;
        std::optional<base::Instant> dueAt; ///< nothing as long as runAt says it
        base::Instant notAfter;
        JobState state = JobState::Scheduled;
        int attempt = 0;
        std::string leaseToken;
        base::Instant leaseUntil;
        bool cancelRequested = false;
        std::vector<std::string> deliveries; ///< the channel of each
        std::string payload;
        std::string channel;
        std::string onlyChannel;
        std::string pacedFor;
        std::string providerMessageId;
        int round = 0;
        std::optional<domain::DeliveryReport> reported;
        std::string reportedBy;
        std::optional<base::Instant> reportsFrom; ///< none from then or before counts
        std::optional<base::Instant> lookAt;
        int looks = 0;
        base::Instant finishedAt;

        bool pending() const { return state == JobState::Scheduled || state == JobState::Retry; }
    };

    struct WaitlistRow {
        domain::WaitlistEntry entry;
        std::string status = "waiting"; ///< as the table writes it
        std::optional<base::AppointmentId> appointment;
    };

    std::map<base::DoctorId, DoctorRow> doctors;
    std::map<base::WaitlistId, WaitlistRow> waitlist;
    std::map<base::PatientId, domain::Patient> patients;
    std::map<base::AppointmentId, AppointmentRow> appointments;
    std::map<base::JobId, JobRow> jobs;
    struct SuppressionRow {
        std::optional<app::Suppression> suppression;
        std::optional<base::Instant> liftedAt;
    };

    std::map<std::pair<std::string, domain::SuppressionReason>, SuppressionRow> suppressions; ///< by the address's key
    std::map<std::pair<std::string, std::string>, base::Instant> providerEvents;              ///< by channel and event
    std::set<std::string> advisoryLocks;
    std::int64_t lastId = 0;
};

/// A database for tests: one lock is every row's lock, and a transaction that throws leaves nothing behind.
/// [thread-safe]
class InMemoryDatabase {
public:
    template <class Work>
    auto transaction(Work&& work) {
        const std::lock_guard lock{mutex_};
        const auto before = tables_;
        try {
            return work(tables_);
        } catch (...) {
            tables_ = before;
            throw;
        }
    }

    base::DoctorId addDoctor(domain::Doctor doctor);
    base::PatientId addPatient(domain::Patient patient);
    /// Replaces that weekday's hours.
    void setHours(base::DoctorId doctor, unsigned dayOfWeek, std::vector<domain::HoursRange> hours);
    /// Both days included.
    void addTimeOff(base::DoctorId doctor, base::Date first, base::Date last);

private:
    /// A transaction may hold others: a locked calendar reads and writes.
    std::recursive_mutex mutex_;
    InMemoryTables tables_;
};

} // namespace rota::testing
