#pragma once

#include "worker/dispatcher.hpp"
#include "worker/janitor.hpp"
#include "worker/rebuilder.hpp"
#include "worker/runner.hpp"

namespace rota::worker {

/// The four services that run jobs, put together in the order in which they start and stop. What is given to the
/// constructor must outlive it. [thread-safe]
class Worker {
public:
    Worker(app::JobStore& store, app::JobQueue& queue, const base::Clock& clock, JobHandlers handlers,
           std::size_t senders = base::limits::kSenders);
    ~Worker();

    /// Runner::onClaimed.
    void onClaimed(std::function<void(std::span<app::ClaimedJob>)> claimed);

    void start();
    /// Takes no new jobs, finishes the sends under way, gives everything else back.
    void stop();

private:
    Rebuilder rebuilder_;
    Runner runner_;
    Dispatcher dispatcher_;
    Janitor janitor_;
};

} // namespace rota::worker
