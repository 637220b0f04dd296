#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace rota::testing {

/// Counts what happens in other threads, so that a test waits for it instead of sleeping. [thread-safe]
class Signal {
public:
    void raise() {
        // Notified under the lock: who waited may destroy this as soon as he has it.
        const std::lock_guard lock(mutex_);
        ++count_;
        changed_.notify_all();
    }

    /// Whether it was raised so often within the time.
    bool waitFor(int count, std::chrono::milliseconds timeout = std::chrono::seconds{10}) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, timeout, [&] { return count_ >= count; });
    }

    int count() const {
        const std::lock_guard lock(mutex_);
        return count_;
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    int count_ = 0;
};

} // namespace rota::testing
