#include "app/retry_job.hpp"

#include "app/queue_update.hpp"

#include <array>

namespace rota::app {

tl::expected<JobRecord, RetryRefused> RetryJob::operator()(base::JobId id, bool maySendTwice) {
    const auto job = ledger_.find(id);
    if (!job) return tl::unexpected(RetryRefused::UnknownJob);
    const bool inDoubt = job->state == "unknown";
    // A suppressed one is checked once more when it is sent: the patient may have changed their mind.
    if (!inDoubt && job->state != "failed" && job->state != "undelivered" && job->state != "suppressed")
        return tl::unexpected(RetryRefused::NotFinished);
    const auto now = clock_.now();
    if (now >= job->notAfter) return tl::unexpected(RetryRefused::TooLate);
    if (!job->stands) return tl::unexpected(RetryRefused::Void);
    if (inDoubt && !maySendTwice) return tl::unexpected(RetryRefused::MaySendTwice);

    // One in doubt keeps its key: a provider that has the message already drops the repetition.
    if (!ledger_.runAgain(id, job->state, !inDoubt, now)) return tl::unexpected(RetryRefused::NotFinished);
    const std::array queued{QueuedJob{id, now}};
    updateQueue(queue_, {}, queued);
    auto changed = ledger_.find(id);
    return changed ? tl::expected<JobRecord, RetryRefused>(*std::move(changed))
                   : tl::unexpected(RetryRefused::UnknownJob);
}

} // namespace rota::app
