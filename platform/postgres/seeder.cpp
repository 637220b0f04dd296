#include "postgres/seeder.hpp"

#include "seed_sql.hpp"

namespace rota::postgres {
namespace {

/// Until the transaction's end: what another server has seeded meanwhile is then seen.
const std::string kTakeSeedLock = "SELECT pg_advisory_xact_lock(hashtextextended('rota.seed', 0))";

const std::string kAnyDoctor = "SELECT EXISTS (SELECT 1 FROM doctors)";

void run(Connection& connection) {
    for (const auto& file : seed_sql::kFiles)
        connection.execute(std::string(file.text));
}

} // namespace

void seed(Pool& pool) {
    const Lease connection = pool.borrow();
    Transaction transaction(*connection);
    connection->query(kTakeSeedLock);
    run(*connection);
    transaction.commit();
}

bool seedIfEmpty(Pool& pool) {
    const Lease connection = pool.borrow();
    if (connection->query(kAnyDoctor).boolean(0, 0)) return false;
    Transaction transaction(*connection);
    connection->query(kTakeSeedLock);
    if (connection->query(kAnyDoctor).boolean(0, 0)) return false;
    run(*connection);
    transaction.commit();
    return true;
}

} // namespace rota::postgres
