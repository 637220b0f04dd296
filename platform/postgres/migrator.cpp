#include "postgres/migrator.hpp"

#include "base/limits.hpp"
#include "migrations.hpp"

#include <algorithm>
#include <map>
#include <thread>

namespace rota::postgres {
namespace {

/// Any number that no other program on the same database uses for its locks: the letters "rota".
const std::string kTryMigrationsLock = "SELECT pg_try_advisory_lock(1919906913)";
constexpr std::chrono::milliseconds kBetweenTries{100};

const std::string kExists = "SELECT to_regclass('schema_migrations') IS NOT NULL";

const std::string kCreateTable = R"sql(
CREATE TABLE IF NOT EXISTS schema_migrations (
    name       TEXT PRIMARY KEY,
    sha256     TEXT NOT NULL,
    applied_at TIMESTAMP(3) NOT NULL
))sql";

const std::string kApplied = "SELECT name, sha256 FROM schema_migrations ORDER BY name";

/// Texts to checksums, in the same order.
const std::string kChecksums = R"sql(
SELECT encode(sha256(convert_to(m.sql, 'UTF8')), 'hex') FROM unnest($1::text[]) WITH ORDINALITY m(sql, place)
 ORDER BY m.place)sql";

const std::string kRecord = "INSERT INTO schema_migrations (name, sha256, applied_at) VALUES ($1, $2, $3::timestamp)";

using Checksums = std::map<std::string, std::string, std::less<>>;

Checksums checksumsOf(Connection& connection, std::span<const Migration> migrations) {
    const Rows rows = connection.query(
        kChecksums, {arrayOf(migrations, [](const Migration& migration) { return Parameter(migration.sql); })});
    Checksums checksums;
    for (int row = 0; row < rows.size(); ++row)
        checksums.emplace(migrations[static_cast<std::size_t>(row)].name, rows.string(row, 0));
    return checksums;
}

Checksums appliedIn(Connection& connection) {
    Checksums applied;
    if (!connection.query(kExists).boolean(0, 0)) return applied;
    const Rows rows = connection.query(kApplied);
    for (int row = 0; row < rows.size(); ++row)
        applied.emplace(rows.string(row, 0), rows.string(row, 1));
    return applied;
}

/// Throws where this binary must not touch what is there.
void checkFits(const Checksums& applied, const Checksums& ours) {
    for (const auto& [name, checksum] : applied) {
        const auto known = ours.find(name);
        if (known == ours.end())
            throw MigrationError("the database has migration " + name +
                                 ", which this version does not know: a newer version has migrated it. Start that "
                                 "version, or restore the backup from before its start.");
        if (known->second != checksum)
            throw MigrationError("migrations/" + name +
                                 " has been edited since it ran on this database. Undo the edit and put the change "
                                 "into a new migration; a database of no value may be dropped and made anew instead.");
    }
}

/// Until no other server migrates, however long that takes.
void waitForTurn(Connection& connection, const std::function<bool()>& stopped) {
    while (!connection.query(kTryMigrationsLock).boolean(0, 0)) {
        if (stopped && stopped()) throw app::StorageUnavailable("stopped while another server migrates the database");
        std::this_thread::sleep_for(kBetweenTries);
    }
}

void apply(Connection& connection, const Migration& migration, const std::string& checksum, base::Instant now) {
    try {
        Transaction transaction(connection);
        connection.execute(std::string(migration.sql));
        connection.query(kRecord, {migration.name, checksum, now});
        transaction.commit();
    } catch (const app::StorageUnavailable&) {
        throw;
    } catch (const app::StorageError& error) {
        throw MigrationError("migrations/" + std::string(migration.name) +
                             " failed and was rolled back: " + error.what());
    }
}

} // namespace

std::vector<Migration> builtInMigrations() {
    std::vector<Migration> all;
    for (const auto& file : migrations::kFiles)
        all.push_back({file.name, file.text});
    return all;
}

std::vector<std::string> migrate(const ConnectionSettings& settings, base::Instant now,
                                 const std::function<bool()>& stopped) {
    return migrate(settings, now, builtInMigrations(), stopped);
}

std::vector<std::string> migrate(const ConnectionSettings& settings, base::Instant now,
                                 std::span<const Migration> migrations, const std::function<bool()>& stopped) {
    std::vector<Migration> ordered(migrations.begin(), migrations.end());
    std::ranges::sort(ordered, {}, &Migration::name);

    Connection connection(settings, stopped);
    connection.answersWithin(base::limits::kDatabaseAnswer);
    const Checksums ours = checksumsOf(connection, ordered);
    Checksums applied = appliedIn(connection);
    checkFits(applied, ours);
    if (applied == ours) return {};

    waitForTurn(connection, stopped);
    // A migration takes as long as it takes.
    connection.execute("SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0");
    connection.answersWithin(std::nullopt);
    connection.execute(kCreateTable);
    applied = appliedIn(connection);
    checkFits(applied, ours);

    std::vector<std::string> ran;
    for (const Migration& migration : ordered) {
        if (applied.contains(migration.name)) continue;
        apply(connection, migration, ours.find(migration.name)->second, now);
        ran.emplace_back(migration.name);
    }
    return ran;
}

} // namespace rota::postgres
