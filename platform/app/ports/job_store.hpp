#pragma once

#include "app/ports/appointment_store.hpp"
#include "app/ports/suppression_store.hpp"
#include "domain/job.hpp"
#include "domain/patient.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rota::app {

/// A row that this process holds a lease on, with all that its message says. Contact data is read at the claim, never
/// kept with the job.
struct ClaimedJob {
    base::JobId id;
    domain::JobKind kind = domain::JobKind::Confirmation;
    int attempt = 0; ///< 1 at the first
    std::string leaseToken;
    base::Instant leaseUntil = base::Instant::max(); ///< from then on the row is taken for one whose sender died
    base::Instant runAt;
    base::Instant dueAt; ///< runAt before all retries
    base::Instant notAfter;
    std::optional<domain::Appointment> appointment;
    std::string doctorName;
    std::string patientName;
    std::string patientEmail;
    std::string patientPhone;
    domain::Preferences preferences;
    /// The only channel that may send it, because it may have done so already; empty where any may.
    std::string onlyChannel;
    /// How often a person had it sent anew.
    int round = 0;
    /// The channel whose turn this is, at runAt; empty where none has been taken.
    std::string pacedFor;
    /// What the rows can no longer tell, as a JSON object; empty where there is nothing.
    std::string payload;

    /// What stands against sending to its recipient, looked up for the whole batch that was claimed.
    struct LookedUp {
        std::optional<Suppression> suppression;
    };
    std::optional<LookedUp> lookedUp; ///< nothing where it has not been looked up
};

enum class JobOutcome {
    Sent,
    Done,       ///< work that is no message
    Retry,      ///< certainly not sent; `runAgainAt` says when
    Failed,     ///< never
    Suppressed, ///< the recipient opted out
    Unknown     ///< may have been sent: never sent again blindly
};

/// As the database and the metrics say it: what the job's state becomes, unless something stands against that.
constexpr std::string_view toString(JobOutcome outcome) {
    switch (outcome) {
    case JobOutcome::Sent: return "sent";
    case JobOutcome::Done: return "done";
    case JobOutcome::Retry: return "retry";
    case JobOutcome::Failed: return "failed";
    case JobOutcome::Suppressed: return "suppressed";
    case JobOutcome::Unknown: break;
    }
    return "unknown";
}

/// A channel that was offered the message, and certainly did not send it.
struct FailedTry {
    std::string channel; ///< the instance
    JobOutcome outcome = JobOutcome::Retry;
    std::string providerCode;
    std::string error; ///< redacted: no contact data
    base::Instant startedAt;
    base::Instant finishedAt;
};

struct JobResult {
    base::JobId id;
    std::string leaseToken;
    int attempt = 0;
    JobOutcome outcome = JobOutcome::Done;
    base::Instant startedAt;
    base::Instant finishedAt;
    base::Instant runAgainAt; ///< for Retry
    bool held = false;        ///< for Retry: it could not even be tried, and so this was no attempt
    std::string pacedFor;     ///< for Retry: the channel whose turn was taken, which comes at runAgainAt
    std::string channel;      ///< the instance that tried, for `deliveries`; empty for work
    std::string providerMessageId;
    std::string providerCode;
    std::string error;              ///< redacted: no contact data
    bool promoted = false;          ///< somebody of the waitlist got the time
    std::vector<FailedTry> earlier; ///< the channels that were tried before `channel` in this attempt, in their order
};

/// The truth about jobs. Throws StorageError. [thread-safe]
class JobStore {
public:
    virtual ~JobStore() = default;

    struct Claim {
        std::vector<ClaimedJob> claimed;
        /// Not claimed but still to come (their time lies ahead, or they wait for a retry): put back in the queue.
        std::vector<QueuedJob> later;
        /// Finished, void or running elsewhere: to be dropped from the queue. Rows that can never run any more were
        /// moved to `cancelled` or `expired` by this call.
        std::vector<base::JobId> gone;
    };

    /// Claims those of `ids` that are due and stand; at most limits::kClaimBatch.
    virtual Claim claim(std::span<const base::JobId> ids, base::Instant now, base::Instant leaseUntil) = 0;

    /// For when there is no queue: claims the most overdue rows that nobody else is claiming.
    virtual std::vector<ClaimedJob> claimDue(std::size_t most, base::Instant now, base::Instant leaseUntil) = 0;

    /// Applies each result under its lease, writes a `deliveries` row for each channel that tried, and for Sent sets
    /// the appointment's *_reminder_sent_at, all in one transaction. What a provider has reported meanwhile is taken in
    /// (DeliveryStore). Results whose lease was lost change no job. Returns the rows that are now to run again (a Retry
    /// on a row marked for cancelling becomes `cancelled` instead).
    virtual std::vector<QueuedJob> finish(std::span<const JobResult> results) = 0;

    /// Gives claimed rows back as if never claimed (at a stop, before anything was handed to a channel).
    virtual void release(std::span<const ClaimedJob> jobs, base::Instant now) = 0;

    /// Pending rows behind `after`, by time and id, due before `until`: the stream of a rebuild. QueuedJob{} is before
    /// the first.
    virtual std::vector<QueuedJob> pending(const QueuedJob& after, base::Instant until, std::size_t most) = 0;

    /// Rows whose lease ran out: a message may have been sent, so it becomes `unknown`, or what its provider has
    /// reported meanwhile; work that is no message leaves nothing in doubt and waits to run again (`retry`). Returns
    /// how many.
    virtual std::size_t expireLeases(base::Instant now) = 0;

    /// Rows due before `now - grace` and still pending.
    virtual std::size_t overdue(base::Instant now, base::Milliseconds grace) = 0;

    /// How many rows wait or run, by state. What is finished would have to be counted by reading all of history.
    virtual std::map<std::string, std::size_t> unfinished() = 0;

    /// Runs `work` if no other process is at the same: an advisory lock by name. False where another one is.
    virtual bool alone(std::string_view name, const std::function<void()>& work) = 0;
};

} // namespace rota::app
