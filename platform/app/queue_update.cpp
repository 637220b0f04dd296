#include "app/queue_update.hpp"

#include "app/ports/errors.hpp"
#include "base/log.hpp"

namespace rota::app {

void updateQueue(JobQueue& queue, std::span<const base::JobId> voided, std::span<const QueuedJob> made) {
    try {
        if (!voided.empty()) queue.cancel(voided);
        if (!made.empty()) queue.add(made);
    } catch (const QueueError& error) {
        base::log::warning("the queue did not take the jobs; they are found in the database",
                           {{"voided", voided.size()}, {"made", made.size()}, {"error", error.what()}});
    }
}

} // namespace rota::app
