#pragma once

#include "app/ports/job_queue.hpp"
#include "app/ports/job_store.hpp"
#include "base/clock.hpp"
#include "base/limits.hpp"
#include "worker/job_handler.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace rota::worker {

/// Runs jobs on a bounded pool of senders. Ids that the dispatcher leased wait here; their rows are claimed in
/// PostgreSQL only when a sender is free for them, right before the send, because a claimed row may have been sent
/// when the process dies, and so is never blindly sent again. Results are recorded in batches. [thread-safe]
class Runner {
public:
    Runner(app::JobStore& store, app::JobQueue& queue, const base::Clock& clock, JobHandlers handlers,
           std::size_t senders = base::limits::kSenders);
    ~Runner();
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;

    void start();

    /// Finishes and records the sends under way; gives back the rows that were claimed but not sent, and the ids that
    /// were leased. Lasts as long as the longest send under way.
    void stop();

    /// How many more ids to lease for it now: none while enough of them wait.
    std::size_t room() const;
    /// Takes ids that are leased in the queue.
    void offer(std::vector<base::JobId> ids);
    /// The ids that wait for a sender, whose leases have to be kept alive.
    std::vector<base::JobId> waiting() const;

    /// Without a queue: claims due rows straight from PostgreSQL, as many as there are free senders. True where more
    /// may be due than senders were free. Throws StorageError.
    bool claimDue();

    /// Called, from the runner's threads, when there is room again. Set before start.
    void onRoom(std::function<void()> room);

private:
    struct Held {
        app::ClaimedJob job;
        base::Instant leaseUntil;
    };

    void claimLoop();
    void sendLoop();
    void recordLoop();
    std::vector<base::JobId> nextIds();
    void claimIds(const std::vector<base::JobId>& ids);
    void hand(std::vector<app::ClaimedJob> jobs, base::Instant leaseUntil, std::size_t reserved);
    std::optional<Held> nextJob();
    app::JobResult run(const app::ClaimedJob& job) const;
    void record(std::vector<app::JobResult> results);
    bool tryRecord(std::span<const app::JobResult> results);
    void giveBack(std::vector<Held> jobs);
    std::size_t freeSenders() const;
    bool roomLocked() const;

    app::JobStore& store_;
    app::JobQueue& queue_;
    const base::Clock& clock_;
    const JobHandlers handlers_;
    const std::size_t senders_;
    std::function<void()> onRoom_ = [] {};

    mutable std::mutex mutex_;
    std::condition_variable claimable_;
    std::condition_variable sendable_;
    std::condition_variable recordable_;
    std::deque<base::JobId> waiting_; ///< leased in the queue
    std::deque<Held> claimed_;        ///< claimed in PostgreSQL, about to be sent
    std::vector<app::JobResult> results_;
    std::size_t busy_ = 0;     ///< senders at work
    std::size_t reserved_ = 0; ///< senders that rows are being claimed for
    bool stopping_ = false;
    bool sendersDone_ = false;

    std::thread claimer_;
    std::thread recorder_;
    std::vector<std::thread> threads_;
};

} // namespace rota::worker
