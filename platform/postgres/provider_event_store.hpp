#pragma once

#include "app/ports/provider_event_store.hpp"
#include "postgres/pool.hpp"

namespace rota::postgres {

/// [thread-safe]
class PostgresProviderEventStore final : public app::ProviderEventStore {
public:
    explicit PostgresProviderEventStore(Pool& pool) : pool_(pool) {}

    bool seen(const std::string& channel, const std::string& eventId, base::Instant now) override;
    bool remember(const std::string& channel, const std::string& eventId, base::Instant now) override;

private:
    Pool& pool_;
};

} // namespace rota::postgres
