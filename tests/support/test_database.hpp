#pragma once

#include "postgres/connection.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace rota::testing {

/// A database of one test's own on the server of ROTA_TEST_DATABASE_URL, dropped at its end, whoever is still connected
/// to it. Migrated ones are copies of a template that the process makes once, which takes some 50 ms each.
/// Not for two threads at once, except url().
class TestDatabase {
public:
    enum class Content { Migrated, Empty };

    /// Throws std::runtime_error where the variable is unset, StorageError where the server refuses.
    explicit TestDatabase(Content content = Content::Migrated);
    ~TestDatabase();
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;

    const std::string& url() const { return url_; }
    postgres::ConnectionSettings settings() const { return postgres::ConnectionSettings(url_); }

    /// Runs SQL as it stands, also several statements.
    postgres::Rows execute(const std::string& sql);
    /// The one value that `sql` answers, as PostgreSQL writes it; empty for NULL.
    std::string value(const std::string& sql);
    std::int64_t number(const std::string& sql);
    /// The first column.
    std::vector<std::string> column(const std::string& sql);

    /// Ends every session of this database but its own, as a restart of the server would.
    void endSessions();

private:
    postgres::Connection& connection();

    std::string name_;
    std::string url_;
    std::unique_ptr<postgres::Connection> connection_;
};

} // namespace rota::testing
