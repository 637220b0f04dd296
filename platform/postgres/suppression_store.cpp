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

const Statement kFind{"suppression_find", R"sql(
SELECT reason, since, channel, provider_code FROM suppressions
 WHERE medium = $1 AND address_key = sha256(convert_to($2, 'UTF8'))
   AND since IS NOT NULL AND (lifted_at IS NULL OR since >= lifted_at)
 ORDER BY since, reason LIMIT 1)sql"};

const char* mediumOf(const std::string& address) {
    return domain::mediumOfAddress(address) == domain::Medium::Email ? "email" : "sms";
}

} // namespace

void PostgresSuppressionStore::suppress(const std::string& address, const app::Suppression& why) {
    pool_.retrying([&](Connection& connection) {
        return connection.run(kSuppress,
                              {mediumOf(address), domain::addressKey(address), domain::toString(why.reason), why.since,
                               why.channel, why.providerCode.empty() ? Parameter(std::nullopt) : why.providerCode});
    });
}

void PostgresSuppressionStore::lift(const std::string& address, base::Instant at, const std::string& channel) {
    pool_.retrying([&](Connection& connection) {
        return connection.run(kLift, {mediumOf(address), domain::addressKey(address), at, channel});
    });
}

std::optional<app::Suppression> PostgresSuppressionStore::find(const std::string& address) {
    const Rows rows = pool_.retrying([&](Connection& connection) {
        return connection.run(kFind, {mediumOf(address), domain::addressKey(address)});
    });
    if (rows.empty()) return std::nullopt;
    const auto reason = domain::parseSuppressionReason(rows.text(0, 0));
    if (!reason) throw std::logic_error("suppressions hold an unknown reason");
    return app::Suppression{*reason, rows.instant(0, 1), rows.string(0, 2), rows.stringOrEmpty(0, 3)};
}

} // namespace rota::postgres
