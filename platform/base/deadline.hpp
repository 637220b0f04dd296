#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace rota::base {

/// By when what this thread does has to be done, while one of these lives: adapters that wait for a server wait no
/// longer. Within another it can only be the earlier of both. By the monotonic clock. For one thread.
class Deadline {
public:
    using Clock = std::chrono::steady_clock;

    explicit Deadline(Clock::duration left) : outer_(std::exchange(current_, earlier(Clock::now() + left))) {}
    ~Deadline() { current_ = outer_; }
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

    /// That moment, or the thread's deadline where it comes before.
    static Clock::time_point earlier(Clock::time_point moment) { return std::min(moment, current_.value_or(moment)); }

private:
    inline static thread_local std::optional<Clock::time_point> current_;
    std::optional<Clock::time_point> outer_;
};

} // namespace rota::base
