#pragma once

#include "base/clock.hpp"

#include <atomic>

namespace rota::testing {

/// Stands still until it is told otherwise. [thread-safe]
class ManualClock final : public base::Clock {
public:
    explicit ManualClock(base::Instant now) : now_(now.time_since_epoch().count()) {}

    base::Instant now() const override { return base::fromUnixMs(now_); }
    void set(base::Instant now) { now_ = now.time_since_epoch().count(); }
    void advance(base::Milliseconds by) { now_ += by.count(); }

private:
    std::atomic<base::Milliseconds::rep> now_;
};

} // namespace rota::testing
