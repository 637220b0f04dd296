#include "postgres/suppression_store.hpp"

#include <stdexcept>

namespace rota::postgres {
namespace {

/// $1 medium, $2 the address's key, of which the digest is kept, $3 reason, $4 since, $5 channel, $6 code.
const Statement kSuppress{"suppression_add", R"sql(
INSERT INTO suppressions AS s (medium, address_key, reason, since, channel, provider_code)
VALUES ($1, sha256(convert_to($2, 'UTF8')), $3, $4::timestamp, $5, $6)
ON CONFLICT (medium, address_key, reason) DO UPDATE
   SET since = EXCLUDED.since, channel = EXCLUDED.channel, provider_code = EXCLUDED.provider_code
 WHERE s.since IS NULL OR s.since < EXCLUDED.since)sql"};

/// Kept also where nothing stands against the address yet: the refusal may be reported after it. $1 medium, $2 the
/// address's key, $3 from when on, $4 channel.
const Statement kLift{"suppression_lift", R"sql(
INSERT INTO suppressions AS s (medium, address_key, reason, lifted_at, channel)
SELECT $1, sha256(convert_to($2, 'UTF8')), reason, $3::timestamp, $4
  FROM unnest(ARRAY['complained', 'opted_out']) reason
ON CONFLICT (medium, address_key, reason) DO UPDATE SET lifted_at = EXCLUDED.lifted_at
 WHERE s.lifted_at IS NULL OR s.lifted_at < EXCLUDED.lifted_at)sql"};

/// $1 media, $2 the addresses' keys. A row for each that something stands against: its place, from 1, and what.
const Statement kFindSuppressions{"suppression_find", R"sql(
SELECT w.place, s.reason, s.since, s.channel, s.provider_code
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY w(medium, key, place)
 CROSS JOIN LATERAL (
       SELECT reason, since, channel, provider_code FROM suppressions
        WHERE medium = w.medium AND address_key = sha256(convert_to(w.key, 'UTF8'))
          AND since IS NOT NULL AND (lifted_at IS NULL OR since >= lifted_at)
        ORDER BY since, reason LIMIT 1) s)sql"};

const char* mediumOf(const std::string& address) {
    return domain::mediumOfAddress(address) == domain::Medium::Email ? "email" : "sms";
}

} // namespace

void PostgresSuppressionStore::suppress(const std::string& address, const app::Suppression& why) {
    pool_.retrying([&](Connection& connection) {
        return connection.run(kSuppress, {mediumOf(address), domain::addressKey(address), domain::toString(why.reason),
                                          why.since, why.channel, orNull(why.providerCode)});
    });
}

void PostgresSuppressionStore::lift(const std::string& address, base::Instant at, const std::string& channel) {
    pool_.retrying([&](Connection& connection) {
        return connection.run(kLift, {mediumOf(address), domain::addressKey(address), at, channel});
    });
}

std::vector<std::optional<app::Suppression>> PostgresSuppressionStore::find(std::span<const std::string> addresses) {
    const auto media = arrayOf(addresses, [](const std::string& address) { return Parameter(mediumOf(address)); });
    const auto keys = arrayOf(addresses, [](const std::string& address) { return domain::addressKey(address); });
    const Rows rows = pool_.retrying([&](Connection& connection) {
        return connection.run(kFindSuppressions, {media, keys});
    });
    std::vector<std::optional<app::Suppression>> found(addresses.size());
    for (int row = 0; row < rows.size(); ++row) {
        const auto reason = domain::parseSuppressionReason(rows.text(row, 1));
        if (!reason) throw std::logic_error("suppressions hold an unknown reason");
        found.at(static_cast<std::size_t>(rows.integer(row, 0) - 1)) =
            app::Suppression{*reason, rows.instant(row, 2), rows.string(row, 3), rows.stringOrEmpty(row, 4)};
    }
    return found;
}

} // namespace rota::postgres
