#include "postgres/calendar_versions.hpp"

namespace rota::postgres {
namespace {

/// The locks are taken by ascending id, as everywhere, or two servers that do this at once would deadlock.
const Statement kRaiseAllCalendars{"calendar_versions_raise", R"sql(
WITH locked AS MATERIALIZED (SELECT id FROM doctors ORDER BY id FOR NO KEY UPDATE)
UPDATE doctors d SET calendar_version = d.calendar_version + 1 FROM locked WHERE d.id = locked.id)sql"};

} // namespace

void raiseCalendarVersions(Pool& pool) {
    pool.retrying([](Connection& connection) { return connection.run(kRaiseAllCalendars); });
}

} // namespace rota::postgres
