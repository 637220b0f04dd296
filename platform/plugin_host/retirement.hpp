#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace rota::plugin_host {

/// Ends what serves no more, on a thread of its own: however long a plugin takes to be deactivated and destroyed, it
/// holds up nobody who happened to be the last to call it. [thread-safe]
class Retirement {
public:
    Retirement();
    ~Retirement();
    Retirement(const Retirement&) = delete;
    Retirement& operator=(const Retirement&) = delete;

    /// Returns at once; after `stop`, does it itself.
    void add(std::function<void()> end);
    /// Ends all that was added. May be called twice.
    void stop();

private:
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> waiting_;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace rota::plugin_host
