#pragma once

#include "app/ports/job_store.hpp"

#include <functional>
#include <map>

namespace rota::worker {

/// Does a job that this process has claimed, and says what became of it: outcome, runAgainAt for Retry, channel,
/// provider's ids, error. The runner fills in whose result it is and when. Called from several threads.
using JobHandler = std::function<app::JobResult(const app::ClaimedJob&)>;

/// By kind. A kind that is not here is a Failed result. An exception is a Retry for work, which must therefore be
/// safe to do twice, and Unknown for a message.
using JobHandlers = std::map<domain::JobKind, JobHandler>;

} // namespace rota::worker
