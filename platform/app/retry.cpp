#include "app/retry.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <random>

namespace rota::app {

using base::Instant;
using base::Milliseconds;
namespace limits = base::limits;

Jitter randomJitter() {
    return [] {
        thread_local std::minstd_rand generator{std::random_device{}()};
        return std::uniform_real_distribution<double>{0.0, 1.0}(generator);
    };
}

std::optional<Instant> nextAttempt(int attempt, Instant now, Instant notAfter, Milliseconds atLeast,
                                   const Jitter& jitter) {
    if (attempt >= limits::kDeliveryAttempts || now >= notAfter) return std::nullopt;

    Milliseconds ceiling = limits::kRetryBase;
    for (int i = 1; i < attempt && ceiling < limits::kRetryCap; ++i)
        ceiling *= 2;
    // Near the end the remaining time is spread over, rather than given up.
    ceiling = std::min({ceiling, Milliseconds{limits::kRetryCap}, notAfter - now});

    const Milliseconds spread{static_cast<Milliseconds::rep>(jitter() * static_cast<double>(ceiling.count()))};
    const auto next = now + std::max(spread, std::min(atLeast, Milliseconds{limits::kRetryCap}));
    return next < notAfter ? std::optional(next) : std::nullopt;
}

} // namespace rota::app
