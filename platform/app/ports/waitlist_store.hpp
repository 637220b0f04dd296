#pragma once

#include "app/ports/appointment_store.hpp"
#include "app/ports/waitlist_strategy.hpp"
#include "domain/waitlist.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace rota::app {

/// An entry with the names that answers show.
struct WaitlistDetails {
    domain::WaitlistEntry entry;
    std::string doctorName;
    std::string specialty;
    std::string patientName;
    std::string status; ///< "waiting", "promoted", "expired"
};

/// What of a patient's waiting entries decides about another one.
struct PatientsEntries {
    int waiting = 0;
    bool sameDay = false; ///< one of them is for the same doctor and day
};

struct WaitlistCandidateRow {
    WaitlistCandidate candidate; ///< `accepts` is left to the caller
    base::PatientId patient;
};

/// An entry's appointment, to be made.
struct PromotionWanted {
    base::WaitlistId entry;
    NewAppointment appointment;
    base::Date date{};     ///< the local day of it
    base::Interval dayUtc; ///< and that day's bounds
    std::vector<domain::PlannedJob> jobs;
};

/// What a promotion is decided on, while the doctor's and the patient's rows are locked.
struct PromotionSnapshot {
    BookingSnapshot booking;
    bool stillWaiting = false;
    bool patientBusy = false; ///< has another appointment at that time, with whomever
};

/// Who waits. Throws StorageError. [thread-safe]
class WaitlistStore {
public:
    virtual ~WaitlistStore() = default;

    /// Locks the patient's row, so that of several at once each is counted; ends those of the patient's entries that
    /// lie beyond `horizon`; asks `decide` and adds the entry where the answer is true. None where it was not, or the
    /// patient is unknown, when `decide` is not asked. `entry.id` is ignored.
    virtual std::optional<base::WaitlistId> add(const domain::WaitlistEntry& entry,
                                                const domain::WaitlistHorizon& horizon,
                                                const std::function<bool(const PatientsEntries&)>& decide) = 0;

    /// Who waits for a doctor, oldest first; at most limits::kWaitlistEntries.
    virtual std::vector<WaitlistDetails> ofDoctor(base::DoctorId doctor, const domain::WaitlistHorizon& horizon) = 0;
    /// What a patient waits for, by day.
    virtual std::vector<WaitlistDetails> ofPatient(base::PatientId patient, const domain::WaitlistHorizon& horizon) = 0;

    /// Whatever became of it. One beyond `horizon` is expired, whether it has been marked so or not.
    virtual std::optional<WaitlistDetails> find(base::WaitlistId id, const domain::WaitlistHorizon& horizon) = 0;

    enum class Removed { Yes, Unknown, NotWaiting };
    /// Deletes a waiting entry. Others stay: they say what became of them.
    virtual Removed remove(base::WaitlistId id) = 0;

    /// Who waits for a time of that day, oldest first; at most limits::kWaitlistEntries.
    virtual std::vector<WaitlistCandidateRow> candidates(base::DoctorId doctor, base::Date date,
                                                         const domain::WaitlistHorizon& horizon) = 0;

    /// One transaction: locks doctor and patient, asks `decide`, and where the answer is true makes the appointment
    /// with its jobs, raises the doctor's calendar version, and marks the entry promoted. None where nothing was made:
    /// the answer was false, the doctor is unknown, or the entry waits no more.
    virtual std::optional<BookingMade> promote(const PromotionWanted& wanted,
                                               const std::function<bool(const PromotionSnapshot&)>& decide,
                                               base::Instant now) = 0;

    /// Ends every entry beyond `horizon`. Returns how many.
    virtual std::size_t expire(const domain::WaitlistHorizon& horizon) = 0;
};

} // namespace rota::app
