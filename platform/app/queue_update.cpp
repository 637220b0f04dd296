#include "app/queue_update.hpp"

#include "app/ports/errors.hpp"
#include "base/log.hpp"

namespace rota::app {

void updateQueue(JobQueue& queue, std::span<const base::JobId> voided, std::span<const QueuedJob> made) {
    try {
        if (!voided.empty()) queue.cancel(voided);
        if (!made.empty()) queue.add(made);
    } catch (const QueueError& error) {
        base::log::warning("queue unavailable; the rebuilder will add the jobs",
                           {{"voided", voided.size()}, {"made", made.size()}, {"error", error.what()}});
    }
}

} // namespace rota::app
