#pragma once

#include "app/ports/reply_store.hpp"
#include "postgres/pool.hpp"

namespace rota::postgres {

class PostgresReplyStore final : public app::ReplyStore {
public:
    explicit PostgresReplyStore(Pool& pool) : pool_(pool) {}

    std::vector<base::AppointmentId> reminded(const std::string& phone, base::Instant now) override;
    std::vector<app::QueuedJob> announceUnclear(const std::string& phone, const std::string& text, bool clinicToo,
                                                base::Instant now) override;

private:
    Pool& pool_;
};

} // namespace rota::postgres
