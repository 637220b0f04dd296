#include "support/test_database.hpp"

#include "postgres/migrator.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <stdexcept>

namespace rota::testing {
namespace {

std::string serverUrl() {
    const char* url = std::getenv("ROTA_TEST_DATABASE_URL");
    if (!url || !*url)
        throw std::runtime_error("ROTA_TEST_DATABASE_URL names no server: run these tests by scripts/test");
    return url;
}

/// The server's URL with another database in it.
std::string urlOf(const std::string& database) {
    const std::string url = serverUrl();
    const std::size_t query = std::min(url.find('?'), url.size());
    const std::size_t path = std::min(url.find('/', url.find("://") + 3), query);
    return url.substr(0, path) + "/" + database + url.substr(query);
}

/// On the server's own database, where databases are made and dropped: a moment of its own each, as nothing else keeps
/// that many connections from adding up.
void administer(const std::string& sql) {
    postgres::Connection connection{postgres::ConnectionSettings(serverUrl())};
    connection.execute("SET statement_timeout = 0");
    connection.execute("SET lock_timeout = 0");
    connection.execute(sql);
}

std::string newName() {
    static std::atomic<int> count{0};
    return "rota_test_" + std::to_string(getpid()) + "_" + std::to_string(++count);
}

void drop(const std::string& name) noexcept {
    try {
        administer("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    } catch (const std::exception&) {
        // The server was ended by the test, or is the next run's to clean up.
    }
}

/// The migrated database that the others are copied from.
class Template {
public:
    Template() : name(newName()) {
        administer("CREATE DATABASE " + name);
        postgres::migrate(postgres::ConnectionSettings(urlOf(name)), base::fromUnixMs(0));
    }
    ~Template() { drop(name); }

    const std::string name;
};

void create(const std::string& name, TestDatabase::Content content) {
    if (content == TestDatabase::Content::Empty) return administer("CREATE DATABASE " + name);
    // One at a time: a template must not be in use while it is copied.
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    static const Template migrated;
    administer("CREATE DATABASE " + name + " TEMPLATE " + migrated.name);
}

} // namespace

TestDatabase::TestDatabase(Content content) : name_(newName()), url_(urlOf(name_)) {
    create(name_, content);
}

TestDatabase::~TestDatabase() {
    connection_.reset();
    drop(name_);
}

postgres::Rows TestDatabase::execute(const std::string& sql) {
    return connection().execute(sql);
}

std::string TestDatabase::value(const std::string& sql) {
    const postgres::Rows rows = execute(sql);
    if (rows.size() != 1) throw std::logic_error("not one row: " + sql);
    return rows.stringOrEmpty(0, 0);
}

std::int64_t TestDatabase::number(const std::string& sql) {
    return postgres::parseInteger(value(sql));
}

std::vector<std::string> TestDatabase::column(const std::string& sql) {
    const postgres::Rows rows = execute(sql);
    std::vector<std::string> values;
    for (int row = 0; row < rows.size(); ++row)
        values.push_back(rows.stringOrEmpty(row, 0));
    return values;
}

void TestDatabase::endSessions() {
    execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()");
}

postgres::Connection& TestDatabase::connection() {
    if (!connection_ || !connection_->usable()) connection_ = std::make_unique<postgres::Connection>(settings());
    return *connection_;
}

} // namespace rota::testing
