#pragma once

#include "app/ports/idempotency_store.hpp"
#include "postgres/pool.hpp"

namespace rota::postgres {

/// [thread-safe]
class PostgresIdempotencyStore final : public app::IdempotencyStore {
public:
    explicit PostgresIdempotencyStore(Pool& pool) : pool_(pool) {}

    Claim begin(const app::KeyedRequest& request, base::Instant now) override;
    void finish(const app::KeyedRequest& request, const app::StoredAnswer& answer) override;
    void abandon(const app::KeyedRequest& request) override;

private:
    Pool& pool_;
};

} // namespace rota::postgres
