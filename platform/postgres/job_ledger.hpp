#pragma once

#include "app/ports/job_ledger.hpp"
#include "postgres/pool.hpp"

namespace rota::postgres {

/// [thread-safe]
class PostgresJobLedger final : public app::JobLedger {
public:
    explicit PostgresJobLedger(Pool& pool) : pool_(pool) {}

    std::vector<app::JobRecord> jobs(const app::JobsWanted& wanted) override;
    std::vector<app::DeliveryRecord> deliveries(const app::DeliveriesWanted& wanted) override;
    std::optional<app::JobRecord> find(base::JobId id) override;
    bool runAgain(base::JobId id, const std::string& state, bool anew, base::Instant now) override;

private:
    Pool& pool_;
};

} // namespace rota::postgres
