#pragma once

#include "app/ports/job_queue.hpp"

#include <span>

namespace rota::app {

/// Tells the queue what a committed transaction voided and made. PostgreSQL holds the truth and the rebuilder brings
/// the queue up to date, so a queue that does not answer is a line in the log and never a failed request.
void updateQueue(JobQueue& queue, std::span<const base::JobId> voided, std::span<const QueuedJob> made);

} // namespace rota::app
