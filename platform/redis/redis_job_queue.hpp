#pragma once

#include "app/ports/job_queue.hpp"

#include <memory>
#include <string>

namespace rota::redis {

struct RedisSettings {
    /// redis://[user:password@]host[:port][/database]; user and password percent-encoded.
    std::string url;
    /// Queues of the same prefix are the same queue. Lets several clinics, and tests, share one server.
    std::string keyPrefix = "rota";
};

/// The job queue in Redis: two sorted sets of job ids, and Lua scripts that keep every step whole.
///
/// Connects when it is first used, and anew after every failure, so a server may start and run while Redis is away.
/// While Redis is known to be down, calls are refused at once, and one of them now and then tries it again: nobody's
/// booking waits for a connect that the one before it has just seen fail.
///
/// Ignores SIGPIPE for the process unless it is handled already: hiredis writes without MSG_NOSIGNAL. [thread-safe]
class RedisJobQueue final : public app::JobQueue {
public:
    /// Throws std::invalid_argument, without the password, where the URL cannot be used. Does not connect.
    explicit RedisJobQueue(const RedisSettings& settings);
    ~RedisJobQueue() override;
    RedisJobQueue(const RedisJobQueue&) = delete;
    RedisJobQueue& operator=(const RedisJobQueue&) = delete;

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
    void onWake(std::function<void()> wake) override;
    void ping() override;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace rota::redis
