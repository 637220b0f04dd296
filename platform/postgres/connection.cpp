#include "postgres/connection.hpp"

#include "base/deadline.hpp"
#include "base/limits.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <exception>
#include <memory>
#include <stdexcept>

namespace rota::postgres {
namespace limits = base::limits;
using namespace std::chrono_literals;
namespace {

template <class Duration>
long long milliseconds(Duration duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

/// What every session starts with. A generic plan is as good for our statements and need not be made again each time.
std::string sessionOptions() {
    return fmt::format("-c timezone=UTC -c datestyle=ISO -c client_encoding=UTF8 -c plan_cache_mode=force_generic_plan "
                       "-c statement_timeout={} -c lock_timeout={} -c idle_in_transaction_session_timeout={}",
                       milliseconds(limits::kStatementTimeout), milliseconds(limits::kLockTimeout),
                       milliseconds(limits::kIdleInTransactionTimeout));
}

/// SQLAlchemy names the driver in the scheme; libpq does not know of drivers.
std::string withoutDriver(std::string_view url) {
    const std::size_t plus = url.find('+');
    const std::size_t colon = url.find("://");
    if (plus == std::string_view::npos || colon == std::string_view::npos || plus > colon) return std::string(url);
    return std::string(url.substr(0, plus)) + std::string(url.substr(colon));
}

/// libpq takes 5432 where there is none.
void checkPort(std::string_view port) {
    int number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (!port.empty() && (error != std::errc{} || end != port.data() + port.size() || number < 1 || number > 65535))
        throw std::invalid_argument("the database's URL has a port that is none: it must be from 1 to 65535");
}

std::string field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text ? text : "";
}

std::vector<const char*> textsOf(const Parameters& parameters) {
    std::vector<const char*> texts;
    texts.reserve(parameters.size());
    for (const Parameter& parameter : parameters)
        texts.push_back(parameter.text());
    return texts;
}

const Statement kCommit{"commit", "COMMIT"};

/// The server is going away or never let us in: 57P01 to 57P03, and class 08.
bool saysGone(std::string_view sqlstate) {
    return sqlstate.starts_with("57P0") || sqlstate.starts_with("08");
}

} // namespace

ConnectionSettings::ConnectionSettings(std::string_view url) {
    const std::string plain = withoutDriver(url);
    if (!plain.starts_with("postgresql://") && !plain.starts_with("postgres://"))
        throw std::invalid_argument("the database's URL must begin with postgresql://");
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(plain.c_str(), nullptr),
                                                                               &PQconninfoFree);
    // libpq's own message may repeat a part of the URL, and that part may be the password.
    if (!options)
        throw std::invalid_argument("the database's URL cannot be read: postgresql://user:password@host:port/database, "
                                    "with special characters of the password written as %XX");

    std::string host, address, port, database, given;
    for (const PQconninfoOption* option = options.get(); option->keyword; ++option) {
        if (!option->val) continue;
        const std::string_view keyword = option->keyword;
        if (keyword == "host") host = option->val;
        if (keyword == "hostaddr") address = option->val;
        if (keyword == "port") port = option->val;
        if (keyword == "dbname") database = option->val;
        if (keyword == "password") password_ = option->val;
        if (keyword == "options") given = std::string(option->val) + " ";
        if (keyword == "options" || keyword == "application_name") continue;
        keywords_.emplace_back(keyword);
        values_.emplace_back(option->val);
    }
    // libpq would spend all the time there is on the first that is silent.
    if (host.find(',') != std::string::npos || address.find(',') != std::string::npos)
        throw std::invalid_argument("the database's URL names several hosts: name one that leads to the primary, as "
                                    "HAProxy does");
    checkPort(port);
    const auto add = [&](std::string keyword, std::string value) {
        keywords_.push_back(std::move(keyword));
        values_.push_back(std::move(value));
    };
    add("application_name", "rota");
    add("options", given + sessionOptions());
    // The kernel gives up where the other side is gone in silence.
    add("tcp_user_timeout", std::to_string(milliseconds(limits::kDatabaseConnectTimeout)));
    add("keepalives_idle", "5");
    add("keepalives_interval", "2");
    add("keepalives_count", "3");
    where_ = (host.empty() ? "localhost" : host) + ":" + (port.empty() ? "5432" : port) + "/" + database;
}

Connection::Connection(const ConnectionSettings& settings, const std::function<bool()>& stopped)
    : password_(settings.password_) {
    std::vector<const char*> keywords, values;
    for (const std::string& keyword : settings.keywords_)
        keywords.push_back(keyword.c_str());
    for (const std::string& value : settings.values_)
        values.push_back(value.c_str());
    keywords.push_back(nullptr);
    values.push_back(nullptr);

    connection_ = PQconnectStartParams(keywords.data(), values.data(), 0);
    try {
        waitUntilConnected(stopped);
    } catch (...) {
        PQfinish(connection_);
        throw;
    }
    PQsetNoticeProcessor(
        connection_, [](void*, const char*) {}, nullptr);
}

Connection::~Connection() {
    PQfinish(connection_);
}

// In slices, so that a stop does not have to wait for a server that does not answer.
void Connection::waitUntilConnected(const std::function<bool()>& stopped) {
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + limits::kDatabaseConnectTimeout;
    if (!connection_) throw app::StorageUnavailable("out of memory for a database connection");

    PostgresPollingStatusType status =
        PQstatus(connection_) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (status != PGRES_POLLING_OK) {
        if (status == PGRES_POLLING_FAILED) throw app::StorageUnavailable(redacted(PQerrorMessage(connection_)));
        if (Clock::now() >= deadline) throw app::StorageUnavailable("the database did not answer in time");
        if (stopped && stopped()) throw app::StorageUnavailable("stopped while connecting to the database");
        pollfd socket{PQsocket(connection_), static_cast<short>(status == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
        if (poll(&socket, 1, 100) != 0) status = PQconnectPoll(connection_);
    }
}

Rows Connection::run(const Statement& statement, const Parameters& parameters) {
    prepare(statement);
    const std::vector<const char*> values = textsOf(parameters);
    return answer(PQsendQueryPrepared(connection_, statement.name.c_str(), static_cast<int>(values.size()),
                                      values.data(), nullptr, nullptr, 0));
}

Rows Connection::answer(int sent) {
    if (sent != 1) throw app::StorageUnavailable(redacted(PQerrorMessage(connection_)));
    std::unique_ptr<PGresult, decltype(&PQclear)> last(nullptr, &PQclear);
    while (auto* result = static_cast<PGresult*>(nextResult()))
        last.reset(result);
    return checked(last.release());
}

void* Connection::nextResult() {
    using Clock = base::Deadline::Clock;
    const auto until = base::Deadline::earlier(patience_ ? Clock::now() + *patience_ : Clock::time_point::max());
    while (PQisBusy(connection_)) {
        const auto left = until == Clock::time_point::max()
                              ? std::chrono::milliseconds{-1}
                              : std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
        givenUp_ = until != Clock::time_point::max() && left <= 0ms;
        if (givenUp_) throw app::StorageUnavailable("the database did not answer in time");
        pollfd socket{PQsocket(connection_), POLLIN, 0};
        // What is wrong, the result will say.
        if (poll(&socket, 1, static_cast<int>(left.count())) > 0 && PQconsumeInput(connection_) != 1) break;
    }
    return PQgetResult(connection_);
}

bool Connection::sendAll(std::span<const Call> calls) {
    for (const Call& call : calls) {
        const std::vector<const char*> values = textsOf(call.parameters);
        if (PQsendQueryPrepared(connection_, call.statement.name.c_str(), static_cast<int>(values.size()),
                                values.data(), nullptr, nullptr, 0) != 1)
            return false;
    }
    return PQpipelineSync(connection_) == 1;
}

// What the server answers is small, so it never waits for us to read while we still write.
std::vector<Rows> Connection::runTogether(std::span<const Call> calls) {
    for (const Call& call : calls)
        prepare(call.statement);
    // What could not be sent leaves the connection unfit for anything else, which reset() notices.
    if (PQenterPipelineMode(connection_) != 1 || !sendAll(calls))
        throw app::StorageUnavailable(redacted(PQerrorMessage(connection_)));
    std::vector<Rows> answers;
    std::exception_ptr failure;
    const auto keep = [&](PGresult* result) {
        try {
            answers.push_back(checked(result));
        } catch (...) {
            // Those behind the first that failed are only said to have been left out.
            if (!failure) failure = std::current_exception();
        }
    };
    // Each statement's result is followed by a null; the end of them all is a result of its own. Where the connection
    // breaks there is an error once, and then nulls only.
    for (std::size_t nulls = 0; nulls <= calls.size();) {
        auto* result = static_cast<PGresult*>(nextResult());
        if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
            PQclear(result);
            break;
        }
        if (result)
            keep(result);
        else
            ++nulls;
    }
    PQexitPipelineMode(connection_);
    if (failure) std::rethrow_exception(failure);
    if (answers.size() != calls.size()) throw app::StorageUnavailable(redacted(PQerrorMessage(connection_)));
    return answers;
}

Rows Connection::query(const std::string& sql, const Parameters& parameters) {
    const std::vector<const char*> values = textsOf(parameters);
    return answer(PQsendQueryParams(connection_, sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(),
                                    nullptr, nullptr, 0));
}

Rows Connection::execute(const std::string& sql) {
    return answer(PQsendQuery(connection_, sql.c_str()));
}

void Connection::prepare(const Statement& statement) {
    if (prepared_.contains(statement.name)) return;
    answer(PQsendPrepare(connection_, statement.name.c_str(), statement.sql.c_str(), 0, nullptr));
    prepared_.insert(statement.name);
}

Rows Connection::checked(void* result) {
    std::shared_ptr<PGresult> owned(static_cast<PGresult*>(result), &PQclear);
    const ExecStatusType status = PQresultStatus(owned.get());
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY)
        return Rows(std::move(owned));

    const std::string sqlstate = field(owned.get(), PG_DIAG_SQLSTATE);
    if (PQstatus(connection_) == CONNECTION_BAD || saysGone(sqlstate))
        throw app::StorageUnavailable(redacted(PQerrorMessage(connection_)));
    const std::string constraint = field(owned.get(), PG_DIAG_CONSTRAINT_NAME);
    // The detail repeats the row, and errors of class 22 the value: patients' data, which no log may hold.
    std::string message = "SQLSTATE " + sqlstate;
    if (!constraint.empty()) message += ", constraint " + constraint;
    if (!sqlstate.starts_with("22")) message += ": " + field(owned.get(), PG_DIAG_MESSAGE_PRIMARY);
    throw app::StorageError(sqlstate, constraint, redacted(message));
}

std::string Connection::redacted(std::string text) const {
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    if (password_.empty()) return text;
    for (std::size_t at = text.find(password_); at != std::string::npos; at = text.find(password_, at + 3))
        text.replace(at, password_.size(), "***");
    return text;
}

// Nobody has asked the server anything, so whatever lies in the socket is its farewell, or the end of the stream.
bool Connection::awaitNotification(base::Milliseconds atMost) {
    pollfd socket{PQsocket(connection_), POLLIN, 0};
    if (poll(&socket, 1, static_cast<int>(atMost.count())) > 0 && PQconsumeInput(connection_) == 0)
        throw app::StorageUnavailable(redacted(PQerrorMessage(connection_)));
    bool heard = false;
    while (PGnotify* notification = PQnotifies(connection_)) {
        PQfreemem(notification);
        heard = true;
    }
    return heard;
}

bool Connection::usable() {
    if (givenUp_ || PQstatus(connection_) != CONNECTION_OK) return false;
    pollfd socket{PQsocket(connection_), POLLIN, 0};
    return poll(&socket, 1, 0) == 0;
}

bool Connection::idle() const {
    return PQtransactionStatus(connection_) == PQTRANS_IDLE;
}

bool Connection::failed() const {
    return PQtransactionStatus(connection_) == PQTRANS_INERROR;
}

bool Connection::reset() noexcept {
    const PGTransactionStatusType status = PQtransactionStatus(connection_);
    try {
        if (!givenUp_ && (status == PQTRANS_INTRANS || status == PQTRANS_INERROR)) execute("ROLLBACK");
    } catch (const std::exception&) {
        return false;
    }
    return !givenUp_ && PQstatus(connection_) == CONNECTION_OK && idle() &&
           PQpipelineStatus(connection_) == PQ_PIPELINE_OFF;
}

Transaction::Transaction(Connection& connection, const std::string& opening)
    : connection_(connection), opened_(connection.execute(opening)) {}

Transaction::~Transaction() {
    if (open_) connection_.reset();
}

void Transaction::commit() {
    if (connection_.failed()) throw app::StorageError("25P02", "", "a transaction that had failed was to be committed");
    open_ = false;
    connection_.execute("COMMIT");
}

// A COMMIT behind a statement that failed is left out by the server, and the transaction rolled back at our end.
std::vector<Rows> Transaction::commitWith(std::vector<Call> calls) {
    calls.push_back({kCommit, {}});
    auto rows = connection_.runTogether(calls);
    open_ = false;
    rows.pop_back();
    return rows;
}

} // namespace rota::postgres
