#pragma once

#include "app/ports/job_queue.hpp"

#include <map>
#include <mutex>

namespace rota::testing {

/// A queue as Redis keeps it, and as Redis fails. [thread-safe]
class InMemoryJobQueue final : public app::JobQueue {
public:
    void add(std::span<const app::QueuedJob> jobs) override;
    void cancel(std::span<const base::JobId> ids) override;
    Claim claim(std::size_t most, base::Instant now, base::Instant leaseUntil) override;
    void ack(std::span<const base::JobId> ids) override;
    void retry(std::span<const app::QueuedJob> jobs) override;
    void extend(std::span<const base::JobId> ids, base::Instant leaseUntil) override;
    std::size_t reap(base::Instant now) override;
    std::string beginRebuild() override;
    bool rebuildChunk(const std::string& token, std::span<const app::QueuedJob> jobs) override;
    bool finishRebuild(const std::string& token) override;
    /// Wakes from the thread that adds, while nothing is locked.
    void onWake(std::function<void()> wake) override;
    void ping() override;

    /// Forgets everything, as FLUSHALL does.
    void flush();
    /// From now on every call throws QueueError, or none does.
    void setFailing(bool failing);
    /// As when its memory is full: from now on nothing can be added, and all else works; or everything does.
    void setFull(bool full);
    /// What waits, by id.
    std::map<base::JobId, base::Instant> due() const;

private:
    std::unique_lock<std::mutex> connect() const;
    std::optional<base::Instant> head() const;
    /// Ends the lock, and wakes where the earliest time is another than `before`, and earlier.
    void unlockAndWake(std::unique_lock<std::mutex> lock, std::optional<base::Instant> before) const;

    mutable std::mutex mutex_;
    std::map<base::JobId, base::Instant> due_;
    std::map<base::JobId, base::Instant> leases_;
    bool filled_ = false;
    std::string building_;
    int rebuilds_ = 0;
    bool failing_ = false;
    bool full_ = false;
    std::function<void()> wake_;
};

} // namespace rota::testing
