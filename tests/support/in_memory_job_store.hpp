#pragma once

#include "app/ports/job_store.hpp"
#include "support/in_memory_database.hpp"

namespace rota::testing {

/// In the transaction that marks the job as sent.
void markReminded(InMemoryTables& tables, const InMemoryTables::JobRow& job, base::Instant at);

class InMemoryJobStore final : public app::JobStore {
public:
    explicit InMemoryJobStore(InMemoryDatabase& database) : database_(database) {}

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
    InMemoryDatabase& database_;
};

} // namespace rota::testing
