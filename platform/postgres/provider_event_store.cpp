#include "postgres/provider_event_store.hpp"

#include "base/limits.hpp"

namespace rota::postgres {
namespace {

/// Old rows removed with each new one: more than one, so that they never pile up.
constexpr int kPurge = 10;

/// $3: seen then or before counts no more.
const Statement kSeen{"provider_event_seen", R"sql(
SELECT 1 FROM provider_events WHERE channel = $1 AND event_id = $2 AND seen_at > $3::timestamp)sql"};

/// One row where it was not remembered. A row cannot be deleted and updated by one statement: the purge keeps off the
/// event itself. $3 now, $4 as $3 of kSeen, $5 most rows to purge.
const Statement kRemember{"provider_event_remember", R"sql(
WITH purged AS (
  DELETE FROM provider_events WHERE (channel, event_id) IN (
    SELECT channel, event_id FROM provider_events WHERE seen_at <= $4::timestamp AND (channel, event_id) <> ($1, $2)
     ORDER BY seen_at LIMIT $5::int FOR UPDATE SKIP LOCKED))
INSERT INTO provider_events AS e (channel, event_id, seen_at) VALUES ($1, $2, $3::timestamp)
ON CONFLICT (channel, event_id) DO UPDATE SET seen_at = EXCLUDED.seen_at WHERE e.seen_at <= $4::timestamp
RETURNING 1)sql"};

} // namespace

bool PostgresProviderEventStore::seen(const std::string& channel, const std::string& eventId, base::Instant now) {
    const Rows rows = pool_.retrying([&](Connection& connection) {
        return connection.run(kSeen, {channel, eventId, now - base::limits::kProviderEventsKept});
    });
    return !rows.empty();
}

bool PostgresProviderEventStore::remember(const std::string& channel, const std::string& eventId, base::Instant now) {
    const Rows rows =
        pool_.borrow()->run(kRemember, {channel, eventId, now, now - base::limits::kProviderEventsKept, kPurge});
    return !rows.empty();
}

} // namespace rota::postgres
