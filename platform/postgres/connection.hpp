#pragma once

#include "app/ports/errors.hpp"
#include "base/time.hpp"
#include "postgres/parameters.hpp"
#include "postgres/rows.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

struct pg_conn;

namespace rota::postgres {

/// Where the database is. Parsed once, so that a bad URL is found at the start; no text that it gives out holds the
/// password. [thread-safe]
class ConnectionSettings {
public:
    /// A URL as libpq takes it, postgresql:// or postgres://, or as SQLAlchemy writes it, postgresql+psycopg2://.
    /// Throws std::invalid_argument where it is none; the message does not repeat it.
    explicit ConnectionSettings(std::string_view url);

    /// "host:port/database", for logs.
    const std::string& where() const { return where_; }

private:
    friend class Connection;
    std::vector<std::string> keywords_;
    std::vector<std::string> values_;
    std::string password_;
    std::string where_;
};

/// A statement that a connection prepares at its first use and keeps. The name is unique in the program, and the
/// statement outlives every connection: make it a constant.
struct Statement {
    std::string name;
    std::string sql;
};

/// A statement with its values.
struct Call {
    const Statement& statement;
    Parameters parameters;
};

/// One session with the server, opened with timezone=UTC and the timeouts of base/limits.hpp. Errors: StorageError with
/// SQLSTATE and constraint where the server answered, StorageUnavailable where it could not. Not for two threads at
/// once.
class Connection {
public:
    /// Connects; gives up after limits::kDatabaseConnectTimeout, or at once when `stopped` answers true. Throws
    /// StorageUnavailable.
    explicit Connection(const ConnectionSettings& settings, const std::function<bool()>& stopped = {});
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    Rows run(const Statement& statement, const Parameters& parameters = {});

    /// All in one round trip, each seeing what those before it did. Where none is open, they are a transaction: if one
    /// fails, none has been. The rows of each.
    std::vector<Rows> runTogether(std::span<const Call> calls);

    /// Does nothing where it has been done. For what EXECUTEs a statement by its name.
    void prepare(const Statement& statement);

    /// One statement with parameters that is not worth keeping.
    Rows query(const std::string& sql, const Parameters& parameters = {});

    /// Any SQL, also several statements; none of them prepared. Gives the last one's rows.
    Rows execute(const std::string& sql);

    /// From now on it is given up, with StorageUnavailable, when an answer takes longer; with none, as at first, and
    /// outside of any base::Deadline, it is waited for without limit.
    void answersWithin(std::optional<base::Milliseconds> patience) { patience_ = patience; }

    /// Waits for what a LISTEN of this session hears, up to that long; true if it heard something.
    bool awaitNotification(base::Milliseconds atMost);

    /// False where the session is over: after an error that broke it, or when the server has closed it meanwhile. Looks
    /// at the socket only, so it costs no round trip.
    bool usable();
    /// Whether an answer was given up. Then there is no more to be had of it.
    bool givenUp() const { return givenUp_; }
    /// Whether no transaction is open.
    bool idle() const;
    /// Whether the open transaction can only be rolled back.
    bool failed() const;
    /// Ends whatever transaction was left open. False where the session cannot be used any more.
    bool reset() noexcept;

private:
    void waitUntilConnected(const std::function<bool()>& stopped);
    bool sendAll(std::span<const Call> calls);
    /// The rows of the last statement of what was sent, if it could be.
    Rows answer(int sent);
    /// The next PGresult of what was sent; null behind a statement's last.
    void* nextResult();
    /// `result` is a PGresult; takes it.
    Rows checked(void* result);
    std::string redacted(std::string text) const;

    pg_conn* connection_ = nullptr;
    std::string password_;
    std::unordered_set<std::string_view> prepared_;
    std::optional<base::Milliseconds> patience_;
    bool givenUp_ = false; ///< an answer may still come, and would be taken for another's
};

/// A transaction: rolled back unless committed. Commit of one that has failed throws instead of succeeding in silence.
class Transaction {
public:
    explicit Transaction(Connection& connection) : Transaction(connection, "BEGIN") {}
    /// `opening` begins with BEGIN; what follows it saves a round trip.
    Transaction(Connection& connection, const std::string& opening);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    void commit();
    /// In one round trip with these, which are the last.
    std::vector<Rows> commitWith(std::vector<Call> calls);

    /// What the last statement of `opening` answered.
    const Rows& opened() const { return opened_; }

private:
    Connection& connection_;
    Rows opened_;
    bool open_ = true;
};

} // namespace rota::postgres
