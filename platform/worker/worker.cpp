#include "worker/worker.hpp"

namespace rota::worker {

Worker::Worker(app::JobStore& store, app::JobQueue& queue, const base::Clock& clock, JobHandlers handlers,
               std::size_t senders)
    : rebuilder_(store, queue, clock),
      runner_(store, queue, clock, std::move(handlers), senders),
      dispatcher_(queue, clock, runner_, rebuilder_),
      janitor_(store, queue, clock) {
    // Jobs made while Redis was away are missing there.
    dispatcher_.onQueueBack([this] { janitor_.wake(); });
    janitor_.onAdded([this](bool complete) { dispatcher_.queueIsComplete(complete); });
}

Worker::~Worker() {
    stop();
}

void Worker::onClaimed(std::function<void(std::span<app::ClaimedJob>)> claimed) {
    runner_.onClaimed(std::move(claimed));
}

void Worker::start() {
    rebuilder_.start();
    runner_.start();
    dispatcher_.start();
    janitor_.start();
}

void Worker::stop() {
    // First what brings work, then what does it.
    dispatcher_.stop();
    rebuilder_.stop();
    janitor_.stop();
    runner_.stop();
}

} // namespace rota::worker
