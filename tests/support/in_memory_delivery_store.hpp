#pragma once

#include "app/ports/delivery_store.hpp"
#include "app/ports/provider_event_store.hpp"
#include "app/ports/suppression_store.hpp"
#include "support/in_memory_database.hpp"

namespace rota::testing {

class InMemoryDeliveryStore final : public app::DeliveryStore {
public:
    explicit InMemoryDeliveryStore(InMemoryDatabase& database) : database_(database) {}

    bool report(const app::ReportedDelivery& delivery, base::Instant now) override;
    std::vector<app::Doubt> doubts(std::size_t most, base::Instant now, base::Instant lookedAtUntil) override;
    void lookAgain(const app::Doubt& doubt, std::optional<base::Instant> at) override;
    std::optional<app::QueuedJob> sendAgain(const app::Doubt& doubt, base::Instant runAt,
                                            const std::string& onlyChannel) override;
    InDoubt inDoubt(base::Instant now) override;
    InFlight inFlight(std::span<const base::JobId> jobs) override;

private:
    InMemoryDatabase& database_;
};

class InMemorySuppressionStore final : public app::SuppressionStore {
public:
    explicit InMemorySuppressionStore(InMemoryDatabase& database) : database_(database) {}

    void suppress(const std::string& address, const app::Suppression& why) override;
    void lift(const std::string& address, base::Instant at, const std::string& channel) override;
    using SuppressionStore::find;
    std::vector<std::optional<app::Suppression>> find(std::span<const std::string> addresses) override;

private:
    InMemoryDatabase& database_;
};

class InMemoryProviderEventStore final : public app::ProviderEventStore {
public:
    explicit InMemoryProviderEventStore(InMemoryDatabase& database) : database_(database) {}

    bool seen(const std::string& channel, const std::string& eventId, base::Instant now) override;
    bool remember(const std::string& channel, const std::string& eventId, base::Instant now) override;

private:
    InMemoryDatabase& database_;
};

} // namespace rota::testing
