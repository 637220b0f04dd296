#pragma once

#include "plugin_host/hosted.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace rota::plugin_host {

/// Ends what serves no more, on a thread of its own: however long a plugin takes to be deactivated and destroyed, it
/// holds up nobody who happened to be the last to call it. [thread-safe]
class Retirement {
public:
    Retirement();
    ~Retirement();
    Retirement(const Retirement&) = delete;
    Retirement& operator=(const Retirement&) = delete;

    /// Returns at once; after `stop`, does it itself. `instances` are those that it ends.
    void add(std::vector<InstanceInfo> instances, std::function<void()> end);
    /// Those that have not ended yet.
    std::vector<InstanceInfo> ending() const;
    /// Ends all that was added. May be called twice.
    void stop();

private:
    struct Ending {
        std::vector<InstanceInfo> instances;
        std::function<void()> end;
    };
    void run();

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Ending> waiting_; ///< the first is being ended
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace rota::plugin_host
