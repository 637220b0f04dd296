#pragma once

#include "app/ports/job_queue.hpp"
#include "app/ports/job_store.hpp"
#include "base/clock.hpp"
#include "worker/loop.hpp"

#include <atomic>
#include <functional>

namespace rota::worker {

/// Fills a queue that was emptied or replaced with the pending rows of PostgreSQL. Only one process does so at a time.
/// [thread-safe]
class Rebuilder {
public:
    Rebuilder(app::JobStore& store, app::JobQueue& queue, const base::Clock& clock);

    void start();
    void stop();

    /// Asks for a rebuild; returns at once.
    void request();
    /// Called, from the rebuilder's thread, after each rebuild. Set before start.
    void onFinished(std::function<void()> finished);

    /// Does what a request asks for, in the caller's thread. True where this call filled the queue; false where it
    /// needed none, another process is at it, or it was emptied again too often. Throws StorageError, QueueError.
    bool rebuild();

private:
    base::Milliseconds turn();
    bool fill();

    app::JobStore& store_;
    app::JobQueue& queue_;
    const base::Clock& clock_;
    std::function<void()> onFinished_ = [] {};
    std::atomic<bool> requested_{false};
    Loop loop_;
};

} // namespace rota::worker
