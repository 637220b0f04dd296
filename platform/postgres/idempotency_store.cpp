#include "postgres/idempotency_store.hpp"

#include "base/limits.hpp"

namespace rota::postgres {
namespace {

/// One row where the key is ours now. An attempt's own token counts as such, so that the statement may be repeated on
/// another connection. A row cannot be deleted and updated by one statement: the purge keeps off the key itself.
/// $1 key, $2 fingerprint, $3 token, $4 now; $5 claimed then or before is expired, $6 likewise abandoned; $7 most
/// rows to purge.
const Statement kBegin{"idempotency_begin", R"sql(
WITH purged AS (
  DELETE FROM idempotency_keys WHERE key IN (
    SELECT key FROM idempotency_keys WHERE claimed_at <= $5::timestamp AND key <> $1
     ORDER BY claimed_at LIMIT $7::int FOR UPDATE SKIP LOCKED))
INSERT INTO idempotency_keys AS k (key, fingerprint, token, claimed_at) VALUES ($1, $2, $3, $4::timestamp)
ON CONFLICT (key) DO UPDATE
   SET fingerprint = EXCLUDED.fingerprint, token = EXCLUDED.token, claimed_at = EXCLUDED.claimed_at,
       status = NULL, body = NULL, location = NULL
 WHERE k.claimed_at <= $5::timestamp OR k.token = EXCLUDED.token
    OR (k.status IS NULL AND k.claimed_at <= $6::timestamp AND k.fingerprint = EXCLUDED.fingerprint)
RETURNING 1)sql"};

const Statement kRead{"idempotency_read",
                      "SELECT fingerprint, status, body, location FROM idempotency_keys WHERE key = $1"};

const Statement kKeepAnswer{"idempotency_finish", R"sql(
UPDATE idempotency_keys SET status = $3::int, body = $4, location = $5 WHERE key = $1 AND token = $2)sql"};

const Statement kAbandon{"idempotency_abandon", "DELETE FROM idempotency_keys WHERE key = $1 AND token = $2"};

} // namespace

app::IdempotencyStore::Claim PostgresIdempotencyStore::begin(const app::KeyedRequest& request, base::Instant now) {
    namespace limits = base::limits;
    return pool_.retrying([&](Connection& connection) -> Claim {
        const Rows begun = connection.run(kBegin, {request.key, request.fingerprint, request.token, now,
                                                   now - limits::kIdempotencyKept, now - limits::kIdempotencyTakeover,
                                                   limits::kIdempotencyPurge});
        if (!begun.empty()) return Begun{};
        const Rows found = connection.run(kRead, {request.key});
        // Given up by the other just now: who asks again begins.
        if (found.empty()) return UnderWay{};
        if (found.text(0, 0) != request.fingerprint) return OtherRequest{};
        if (found.isNull(0, 1)) return UnderWay{};
        return app::StoredAnswer{static_cast<int>(found.integer(0, 1)), found.string(0, 2), found.string(0, 3)};
    });
}

void PostgresIdempotencyStore::finish(const app::KeyedRequest& request, const app::StoredAnswer& answer) {
    pool_.retrying([&](Connection& connection) {
        return connection.run(kKeepAnswer, {request.key, request.token, answer.status, answer.body, answer.location});
    });
}

void PostgresIdempotencyStore::abandon(const app::KeyedRequest& request) {
    pool_.retrying([&](Connection& connection) { return connection.run(kAbandon, {request.key, request.token}); });
}

} // namespace rota::postgres
