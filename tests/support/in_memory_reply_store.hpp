#pragma once

#include "app/ports/reply_store.hpp"
#include "support/in_memory_database.hpp"

namespace rota::testing {

class InMemoryReplyStore final : public app::ReplyStore {
public:
    explicit InMemoryReplyStore(InMemoryDatabase& database) : database_(database) {}

    std::vector<base::AppointmentId> reminded(const std::string& phone, base::Instant now) override;
    std::vector<app::QueuedJob> announceUnclear(const std::string& phone, const std::string& text, bool clinicToo,
                                                base::Instant now) override;

private:
    InMemoryDatabase& database_;
};

} // namespace rota::testing
