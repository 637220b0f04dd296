#pragma once

#include "app/ports/job_ledger.hpp"
#include "app/ports/job_queue.hpp"
#include "base/clock.hpp"

#include <tl/expected.hpp>

namespace rota::app {

enum class RetryRefused {
    UnknownJob,
    NotFinished, ///< it runs, waits, was sent, or was called off: there is nothing to retry
    TooLate,     ///< nothing is sent after its time
    Void,        ///< its appointment was cancelled, moved or is over
    MaySendTwice ///< whether it was sent is not known, and sending it twice was not agreed to
};

/// A person has a message sent after all that failed, was not delivered, or is in doubt. Throws StorageError.
/// [thread-safe]
class RetryJob {
public:
    RetryJob(JobLedger& ledger, JobQueue& queue, const base::Clock& clock)
        : ledger_(ledger), queue_(queue), clock_(clock) {}

    /// The job as it is then. `maySendTwice`: for one in doubt, that the patient may get it twice.
    tl::expected<JobRecord, RetryRefused> operator()(base::JobId id, bool maySendTwice);

private:
    JobLedger& ledger_;
    JobQueue& queue_;
    const base::Clock& clock_;
};

} // namespace rota::app
