#pragma once

#include "app/ports/job_queue.hpp"
#include "base/clock.hpp"
#include "worker/loop.hpp"
#include "worker/rebuilder.hpp"
#include "worker/runner.hpp"

#include <atomic>
#include <functional>

namespace rota::worker {

/// The timer: sleeps until the next job is due, leases what is due, and hands it to the runner. Looks at least every
/// limits::kDispatcherTick, since hints may be lost. While there is no queue, it is full or being rebuilt,
/// dispatches straight from PostgreSQL. [thread-safe]
class Dispatcher {
public:
    /// Has itself woken by the runner and the rebuilder, which must be stopped before it is destroyed.
    Dispatcher(app::JobQueue& queue, const base::Clock& clock, Runner& runner, Rebuilder& rebuilder);
    ~Dispatcher();

    void start();
    /// Ends the queue's wake-ups too.
    void stop();
    void wake();

    /// Whether the queue has all that will soon be due. While it has not, the database is looked at as well.
    void queueIsComplete(bool complete);

    /// Called when the queue answers again after a failure. Set before start.
    void onQueueBack(std::function<void()> back);

    /// One look at the queue. Returns how long nothing will be due, at most limits::kDispatcherTick.
    base::Milliseconds turn();

private:
    base::Milliseconds dispatchFromQueue();
    base::Milliseconds dispatchFromStore();
    void keepLeases();
    void noteQueue(bool up, const char* why);

    app::JobQueue& queue_;
    const base::Clock& clock_;
    Runner& runner_;
    Rebuilder& rebuilder_;
    std::function<void()> onQueueBack_ = [] {};
    bool queueUp_ = true;
    std::atomic<bool> queueComplete_ = true;
    base::Instant leasesKept_;
    Loop loop_;
};

} // namespace rota::worker
