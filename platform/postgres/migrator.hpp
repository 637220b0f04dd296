#pragma once

#include "base/time.hpp"
#include "postgres/connection.hpp"

#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rota::postgres {

/// The database and this binary do not fit each other, or a migration failed. `what()` names the file and says what to
/// do.
class MigrationError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct Migration {
    std::string_view name; ///< 0001_clinic.sql: they run in the order of their names
    std::string_view sql;
};

/// Those that are built into this binary.
std::vector<Migration> builtInMigrations();

/// Brings the database up to this binary, one transaction a migration; does nothing, and quickly, where it is. Any
/// number of servers may do so at once: an advisory lock lets one after the other. Refuses (MigrationError) a database
/// in which a migration ran that has since been edited, or which a newer binary migrated. Returns the names of what
/// ran. Throws also StorageUnavailable, and that too where `stopped` says so while it waits for a connection or for
/// another server's migrations; one that has begun is carried to its end.
std::vector<std::string> migrate(const ConnectionSettings& settings, base::Instant now,
                                 std::span<const Migration> migrations, const std::function<bool()>& stopped = {});
std::vector<std::string> migrate(const ConnectionSettings& settings, base::Instant now,
                                 const std::function<bool()>& stopped = {});

} // namespace rota::postgres
