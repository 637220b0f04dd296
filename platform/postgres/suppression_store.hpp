#pragma once

#include "app/ports/suppression_store.hpp"
#include "postgres/pool.hpp"

namespace rota::postgres {

/// [thread-safe]
class PostgresSuppressionStore final : public app::SuppressionStore {
public:
    explicit PostgresSuppressionStore(Pool& pool) : pool_(pool) {}

    void suppress(const std::string& address, const app::Suppression& why) override;
    void lift(const std::string& address, base::Instant at, const std::string& channel) override;
    using SuppressionStore::find;
    std::vector<std::optional<app::Suppression>> find(std::span<const std::string> addresses) override;

private:
    Pool& pool_;
};

} // namespace rota::postgres
