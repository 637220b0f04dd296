#pragma once

#include "app/ports/job_store.hpp"
#include "postgres/pool.hpp"

namespace rota::postgres {

/// [thread-safe]
class PostgresJobStore final : public app::JobStore {
public:
    explicit PostgresJobStore(Pool& pool) : pool_(pool) {}

    Claim claim(std::span<const base::JobId> ids, base::Instant now, base::Instant leaseUntil) override;
    std::vector<app::ClaimedJob> claimDue(std::size_t most, base::Instant now, base::Instant leaseUntil) override;
    std::vector<app::QueuedJob> finish(std::span<const app::JobResult> results) override;
    void release(std::span<const app::ClaimedJob> jobs, base::Instant now) override;
    std::vector<app::QueuedJob> pending(const app::QueuedJob& after, base::Instant until, std::size_t most) override;
    std::size_t expireLeases(base::Instant now) override;
    std::size_t overdue(base::Instant now, base::Milliseconds grace) override;
    std::map<std::string, std::size_t> unfinished() override;
    bool alone(std::string_view name, const std::function<void()>& work) override;

private:
    Pool& pool_;
};

} // namespace rota::postgres
