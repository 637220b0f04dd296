#pragma once

#include "app/ports/job_queue.hpp"
#include "app/ports/job_store.hpp"
#include "app/retry.hpp"
#include "base/clock.hpp"
#include "base/limits.hpp"
#include "worker/job_handler.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

namespace rota::worker {

/// Runs jobs on a bounded pool of senders. Ids that the dispatcher leased wait here; their rows are claimed in
/// PostgreSQL only when a sender is free for them, right before the send, because a claimed row may have been sent
/// when the process dies, and so is never blindly sent again. Results are recorded in batches. [thread-safe]
class Runner {
public:
    Runner(app::JobStore& store, app::JobQueue& queue, const base::Clock& clock, JobHandlers handlers,
           std::size_t senders = base::limits::kSenders, app::Jitter jitter = app::randomJitter());
    ~Runner();
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;

    void start();

    /// Finishes and records the sends under way; gives back the rows that were claimed but not sent, and the ids that
    /// were leased. Lasts as long as the longest send under way. Cannot be started again.
    void stop();

    /// How many more ids to lease for it now: none while enough of them wait; then onRoom follows when there is room.
    std::size_t room();
    /// Takes ids that are leased in the queue.
    void offer(const std::vector<base::JobId>& ids);
    /// The ids that wait for a sender, whose leases have to be kept alive.
    std::vector<base::JobId> waiting() const;

    /// Without a queue: claims due rows straight from PostgreSQL, as many as there are free senders. Where more may be
    /// due, onRoom follows when a sender is free again. Throws StorageError.
    void claimDue();

    /// Called, from the runner's threads, when what asked in vain may ask again. Set before start.
    void onRoom(std::function<void()> room);

    /// Called with jobs that were claimed together, before they are sent one by one: to find out at once what all of
    /// them need. Throws nothing. Set before start.
    void onClaimed(std::function<void(std::span<app::ClaimedJob>)> claimed);

private:
    void claimLoop();
    std::vector<base::JobId> nextIds();
    void claimIds(std::span<const base::JobId> ids);
    void hand(std::vector<app::ClaimedJob> jobs, base::Instant leaseUntil);

    void sendLoop();
    std::optional<app::ClaimedJob> nextJob();
    std::optional<app::JobResult> send(const app::ClaimedJob& job);
    app::JobResult handled(const app::ClaimedJob& job) const;
    app::JobResult threw(const app::ClaimedJob& job) const;

    void recordLoop();
    std::vector<app::JobResult> record(std::span<const app::JobResult> results);
    void settle(std::span<const app::JobResult> results, const std::vector<app::QueuedJob>& again);
    void giveBack(std::span<const app::ClaimedJob> jobs);

    // With the mutex held:
    std::size_t freeSenders() const;
    bool enoughSenders() const;
    bool enoughResults() const;
    void signalRoom(std::unique_lock<std::mutex>& lock);

    app::JobStore& store_;
    app::JobQueue& queue_;
    const base::Clock& clock_;
    const JobHandlers handlers_;
    const std::size_t senders_;
    const app::Jitter jitter_;
    std::function<void()> onRoom_ = [] {};
    std::function<void(std::span<app::ClaimedJob>)> onClaimed_ = [](std::span<app::ClaimedJob>) {};

    mutable std::mutex mutex_;
    std::condition_variable claimable_;
    std::condition_variable sendable_;
    std::condition_variable recordable_;
    std::deque<base::JobId> waiting_;     ///< leased in the queue
    std::deque<app::ClaimedJob> claimed_; ///< claimed in PostgreSQL, about to be sent
    std::vector<app::JobResult> results_; ///< not recorded yet
    std::size_t busy_ = 0;                ///< senders at work
    std::size_t reserved_ = 0;            ///< senders that rows are being claimed for
    bool roomWanted_ = false;
    bool stopping_ = false;
    bool sendersDone_ = false;

    std::thread claimer_;
    std::thread recorder_;
    std::vector<std::thread> threads_;
};

} // namespace rota::worker
