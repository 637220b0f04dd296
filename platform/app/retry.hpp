#pragma once

#include "base/time.hpp"

#include <functional>
#include <optional>

namespace rota::app {

/// A number in [0, 1), another one at each call. [thread-safe]
using Jitter = std::function<double()>;
Jitter randomJitter();

/// When to try a job again whose attempt number `attempt` (1 at the first) has certainly not been done: exponential
/// backoff with full jitter, so that what failed together does not come back together; not before `atLeast` has
/// passed, within limits::kRetryCap. None where that were not before `notAfter`, or limits::kDeliveryAttempts are used
/// up.
std::optional<base::Instant> nextAttempt(int attempt, base::Instant now, base::Instant notAfter,
                                         base::Milliseconds atLeast, const Jitter& jitter);

} // namespace rota::app
