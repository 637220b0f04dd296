#pragma once

#include "base/time.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace rota::worker {

/// A thread that takes a turn, then waits for as long as the turn said, or until woken. Each service that does
/// something from time to time is one of these. An exception out of a turn is logged, and the next turn comes a
/// second later. [thread-safe]
class Loop {
public:
    using Turn = std::function<base::Milliseconds()>;

    Loop(std::string name, Turn turn);
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void start();
    /// Returns when the turn under way has ended. May be called twice, and before start.
    void stop();
    /// The next turn comes at once; one that is under way is followed by another.
    void wake();
    bool stopping() const;
    /// For the turn itself: lets that time pass, whoever wakes; a stop ends it.
    void rest(base::Milliseconds pause);

private:
    void run();
    base::Milliseconds takeTurn() noexcept;

    std::string name_;
    Turn turn_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool woken_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace rota::worker
