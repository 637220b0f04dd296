#pragma once

#include "app/ports/delivery_store.hpp"
#include "postgres/pool.hpp"

namespace rota::postgres {

/// [thread-safe]
class PostgresDeliveryStore final : public app::DeliveryStore {
public:
    explicit PostgresDeliveryStore(Pool& pool) : pool_(pool) {}

    bool report(const app::ReportedDelivery& delivery, base::Instant now) override;
    std::vector<app::Doubt> doubts(std::size_t most, base::Instant now, base::Instant lookedAtUntil) override;
    void lookAgain(const app::Doubt& doubt, std::optional<base::Instant> at) override;
    std::optional<app::QueuedJob> sendAgain(const app::Doubt& doubt, base::Instant runAt,
                                            const std::string& onlyChannel) override;
    InDoubt inDoubt(base::Instant now) override;
    InFlight inFlight(std::span<const base::JobId> jobs) override;

private:
    Pool& pool_;
};

} // namespace rota::postgres
