#pragma once

#include "base/time.hpp"

#include <string>

namespace rota::app {

/// Lets a channel's messages through at its own pace, one by one. [thread-safe]
class RateLimiter {
public:
    virtual ~RateLimiter() = default;

    /// Turns are taken no further ahead.
    static constexpr base::Milliseconds kFurthest = std::chrono::hours{24};

    /// Takes the channel's next turn, of which there are `perSecond`, and answers how long to wait for it. Where that
    /// is longer than `most`, which is kFurthest at most, no turn was taken. Throws QueueError where what it shares
    /// with others does not answer.
    virtual base::Milliseconds take(const std::string& channel, double perSecond, base::Milliseconds most) = 0;
};

} // namespace rota::app
