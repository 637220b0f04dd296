#include "postgres/reload_requests.hpp"

#include "base/limits.hpp"

namespace rota::postgres {
namespace {

const Statement kLatest{"reload_latest", "SELECT number, requested_at FROM reload_requests"};

const Statement kAsk{"reload_ask", R"sql(
WITH asked AS (UPDATE reload_requests SET number = number + 1, requested_at = $1::timestamp RETURNING number)
SELECT number, pg_notify('rota_reload', number::text) FROM asked)sql"};

} // namespace

ReloadRequests::ReloadRequests(const ConnectionSettings& settings) : connection_(settings) {
    connection_.answersWithin(base::limits::kDatabaseAnswer);
    connection_.execute("LISTEN rota_reload");
}

ReloadRequests::Request ReloadRequests::latest() {
    const Rows rows = connection_.run(kLatest);
    return {rows.integer(0, 0), rows.instant(0, 1)};
}

std::int64_t ReloadRequests::ask(base::Instant now) {
    return connection_.run(kAsk, {now}).integer(0, 0);
}

} // namespace rota::postgres
