#pragma once

#include "app/ports/job_queue.hpp"
#include "app/ports/job_store.hpp"
#include "base/clock.hpp"
#include "worker/loop.hpp"

#include <functional>
#include <string_view>

namespace rota::worker {

/// Every limits::kJanitorPeriod puts right what failures left behind: leases of dead processes, jobs that the queue
/// never got, and says what is overdue. Each step is safe to repeat and to run in several processes at once.
/// [thread-safe]
class Janitor {
public:
    Janitor(app::JobStore& store, app::JobQueue& queue, const base::Clock& clock);

    void start();
    void stop();
    /// Called with whether the queue took what a sweep gave it: a full one refuses jobs and answers all else. Set
    /// before start.
    void onAdded(std::function<void(bool)> added) { onAdded_ = std::move(added); }

    /// The next sweep comes at once.
    void wake();

    /// One sweep in the caller's thread. A step that fails is logged and does not keep the others from being done.
    void sweep();

private:
    void returnLeases();
    void expireLeases();
    void addMissing();
    void countOverdue();
    void step(std::string_view name, const std::function<void()>& work);

    app::JobStore& store_;
    app::JobQueue& queue_;
    const base::Clock& clock_;
    std::function<void(bool)> onAdded_ = [](bool) {};
    Loop loop_;
};

} // namespace rota::worker
