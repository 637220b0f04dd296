#include "base/deadline.hpp"
#include "base/limits.hpp"
#include "postgres/pool.hpp"
#include "support/promised.hpp"
#include "support/test_database.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

namespace rota::testing {
namespace {

using namespace std::chrono_literals;
using postgres::Connection;
using postgres::ConnectionSettings;
using postgres::Lease;
using postgres::Pool;
using postgres::Statement;
using std::chrono::steady_clock;
using ::testing::HasSubstr;
using ::testing::Not;

const Statement kOne{"pool_test_one", "SELECT 1"};

/// Waits for what another thread is about to do.
bool soon(const std::function<bool()>& holds) {
    for (const auto end = steady_clock::now() + 10s; steady_clock::now() < end; std::this_thread::sleep_for(5ms))
        if (holds()) return true;
    return holds();
}

/// A port at which nobody listens, or (listening) one that accepts and never says a word.
class Port {
public:
    explicit Port(bool listening) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        if (bind(socket_, generic, length) != 0 || getsockname(socket_, generic, &length) != 0 ||
            (listening && listen(socket_, 200) != 0))
            throw std::runtime_error("no port to be had");
        number_ = ntohs(address.sin_port);
    }
    ~Port() { close(socket_); }

    ConnectionSettings settings() const {
        return ConnectionSettings("postgresql://rota:geheim@127.0.0.1:" + std::to_string(number_) + "/rota");
    }

private:
    int socket_;
    int number_ = 0;
};

class PoolTest : public ::testing::Test {
protected:
    TestDatabase database_;
};

TEST_F(PoolTest, KeepsItsMinimumOpenAndGrowsToItsMaximum) {
    Pool pool(database_.settings(), {.min = 3, .max = 5});
    EXPECT_TRUE(soon([&] { return pool.statistics().idle == 3; }));
    std::vector<Lease> leases;
    for (int i = 0; i < 5; ++i)
        leases.push_back(pool.borrow());
    EXPECT_EQ(pool.statistics().inUse, 5u);
    EXPECT_EQ(pool.statistics().connects, 5u);

    const auto before = steady_clock::now();
    EXPECT_THROW(pool.borrow(), app::StorageUnavailable);
    EXPECT_GE(steady_clock::now() - before, base::limits::kDatabasePoolWait - 50ms);
    EXPECT_LT(steady_clock::now() - before, 3s);
    EXPECT_EQ(pool.statistics().refusals, 1u);

    std::thread waiter([&] { EXPECT_EQ(pool.borrow()->run(kOne).integer(0, 0), 1); });
    EXPECT_TRUE(soon([&] { return pool.statistics().waiting == 1; }));
    leases.pop_back();
    waiter.join();
    EXPECT_GE(pool.statistics().waits, 2u);
    leases.clear();
    EXPECT_EQ(pool.statistics().idle, 5u);
    EXPECT_EQ(pool.statistics().inUse, 0u);
}

TEST_F(PoolTest, SessionsAreSetUpAndStatementsPreparedOnce) {
    Pool pool(database_.settings(), {.min = 1, .max = 1});
    for (int i = 0; i < 3; ++i)
        pool.borrow()->run(kOne);
    const Lease connection = pool.borrow();
    EXPECT_EQ(connection->execute("SELECT COUNT(*) FROM pg_prepared_statements").integer(0, 0), 1);
    const auto setting = [&](const std::string& name) { return connection->execute("SHOW " + name).string(0, 0); };
    EXPECT_EQ(setting("timezone"), "UTC");
    EXPECT_EQ(setting("application_name"), "rota");
    EXPECT_EQ(setting("plan_cache_mode"), "force_generic_plan");
    EXPECT_EQ(setting("statement_timeout"), "5s");
    EXPECT_EQ(setting("lock_timeout"), "2s");
    EXPECT_EQ(setting("idle_in_transaction_session_timeout"), "10s");
}

TEST_F(PoolTest, AnOpenTransactionIsNotInherited) {
    Pool pool(database_.settings(), {.min = 1, .max = 1});
    pool.borrow()->execute("BEGIN; INSERT INTO doctors (name, specialty) VALUES ('Dr. Left Open', 'X')");
    EXPECT_TRUE(pool.borrow()->idle());
    {
        const Lease connection = pool.borrow();
        EXPECT_THROW(connection->execute("BEGIN; SELECT 1 / 0"), app::StorageError);
    }
    EXPECT_TRUE(pool.borrow()->idle());
    EXPECT_EQ(pool.statistics().connects, 1u);
    EXPECT_EQ(database_.number("SELECT COUNT(*) FROM doctors"), 0);
}

TEST_F(PoolTest, HealsWhenAllSessionsAreEnded) {
    Pool pool(database_.settings(), {.min = 4, .max = 8});
    EXPECT_TRUE(soon([&] { return pool.statistics().idle == 4; }));
    for (int round = 0; round < 3; ++round) {
        database_.endSessions();
        for (int i = 0; i < 8; ++i)
            EXPECT_EQ(pool.borrow()->run(kOne).integer(0, 0), 1) << "a caller met a broken session";
        EXPECT_TRUE(soon([&] { return pool.statistics().idle >= 4; }));
    }
}

// A server that has stopped, or a network that swallows all, never says that it will not answer.
TEST_F(PoolTest, NoLongerIsWaitedForAnAnswerThanThereIsTime) {
    Pool pool(database_.settings(), {.min = 1, .max = 1});
    pool.borrow()->run(kOne);
    const auto before = steady_clock::now();
    {
        const base::Deadline deadline(300ms);
        const Lease connection = pool.borrow();
        EXPECT_THROW(connection->execute("SELECT pg_sleep(2)"), app::StorageUnavailable);
        EXPECT_THROW(connection->run(kOne), app::StorageUnavailable);
    }
    EXPECT_GE(steady_clock::now() - before, 300ms);
    EXPECT_LT(steady_clock::now() - before, 1500ms);
    EXPECT_EQ(pool.borrow()->run(kOne).integer(0, 0), 1) << "the answer to another question";
    EXPECT_EQ(pool.statistics().connects, 2u);
}

/// The server's processes of a database's sessions, which stand still meanwhile.
class StoppedSessions {
public:
    explicit StoppedSessions(TestDatabase& database) {
        for (const auto& pid : database.column("SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                                               "AND pid <> pg_backend_pid()"))
            pids_.push_back(std::stoi(pid));
        signal(SIGSTOP);
    }
    ~StoppedSessions() { signal(SIGCONT); }

private:
    void signal(int number) const {
        for (const pid_t pid : pids_)
            EXPECT_EQ(::kill(pid, number), 0) << "the server runs as somebody else";
    }
    std::vector<pid_t> pids_;
};

TEST_F(PoolTest, OneWhoWaitedInVainForASilentServerDidItForAll) {
    Pool pool(database_.settings(), {.min = 6, .max = 6});
    ASSERT_TRUE(soon([&] { return pool.statistics().idle == 6; }));
    int lent = 0;
    const auto asks = [&] {
        const base::Deadline deadline(1s);
        try {
            const Lease connection = pool.borrow();
            ++lent;
            return connection->run(kOne).integer(0, 0) == 1;
        } catch (const app::StorageUnavailable&) {
            return false;
        }
    };
    {
        const StoppedSessions stopped(database_);
        std::this_thread::sleep_for(1100ms); // nobody has heard of it for a while
        EXPECT_FALSE(asks());
        EXPECT_TRUE(soon(asks)) << "new sessions are not stopped";
        EXPECT_EQ(lent, 2) << "another one that was opened before was waited for";
    }
    EXPECT_TRUE(soon([&] { return pool.statistics().idle == 6; }));
    EXPECT_EQ(pool.statistics().connects, 12u);
}

TEST_F(PoolTest, ASlowStatementIsNoSilentServer) {
    Pool pool(database_.settings(), {.min = 2, .max = 2});
    ASSERT_TRUE(soon([&] { return pool.statistics().idle == 2; }));
    std::this_thread::sleep_for(1100ms);
    std::atomic<bool> givenUp{false};
    std::thread slow([&] {
        const base::Deadline deadline(400ms);
        EXPECT_THROW(pool.borrow()->execute("SELECT pg_sleep(2)"), app::StorageUnavailable);
        givenUp = true;
    });
    for (; !givenUp; std::this_thread::sleep_for(50ms))
        EXPECT_EQ(pool.borrow()->run(kOne).integer(0, 0), 1);
    slow.join();
    EXPECT_EQ(pool.borrow()->run(kOne).integer(0, 0), 1) << "refused, although others were answered";
    EXPECT_TRUE(soon([&] { return pool.statistics().idle == 2; }));
    EXPECT_EQ(pool.statistics().connects, 3u) << "only that one is not trusted any more";
}

TEST_F(PoolTest, NoLongerIsWaitedForACommitThanThereIsTime) {
    Pool pool(database_.settings(), {.min = 1, .max = 1});
    const postgres::Statement sleep{"sleep", "SELECT pg_sleep(2)"};
    const base::Deadline deadline(300ms);
    {
        const Lease connection = pool.borrow();
        postgres::Transaction transaction(*connection);
        EXPECT_THROW(transaction.commitWith({{sleep, {}}}), app::StorageUnavailable);
    }
    EXPECT_EQ(pool.statistics().idle, 0u);
}

TEST_F(PoolTest, AReadWhoseSessionEndsIsDoneAgain) {
    Pool pool(database_.settings(), {.min = 2, .max = 2});
    int calls = 0;
    const auto answer = pool.retrying([&](Connection& connection) {
        if (++calls == 1) database_.endSessions();
        return connection.run(kOne).integer(0, 0);
    });
    EXPECT_EQ(answer, 1);
    EXPECT_EQ(calls, 2);
}

TEST_F(PoolTest, ASessionThatEndsInATransactionIsUnavailable) {
    Pool pool(database_.settings(), {.min = 1, .max = 1});
    const auto useEnded = [&] {
        const Lease connection = pool.borrow();
        postgres::Transaction transaction(*connection);
        database_.endSessions();
        connection->run(kOne);
        transaction.commit();
    };
    EXPECT_THROW(useEnded(), app::StorageUnavailable);
    EXPECT_EQ(pool.borrow()->run(kOne).integer(0, 0), 1);
}

TEST_F(PoolTest, AFailedTransactionIsNotCommittedInSilence) {
    Pool pool(database_.settings(), {.min = 1, .max = 1});
    const Lease connection = pool.borrow();
    postgres::Transaction transaction(*connection);
    EXPECT_THROW(connection->execute("SELECT 1 / 0"), app::StorageError);
    EXPECT_THROW(transaction.commit(), app::StorageError);
}

TEST_F(PoolTest, WhereNobodyListensCallersHearAtOnce) {
    const Port dead(false);
    Pool pool(dead.settings());
    EXPECT_TRUE(soon([&] { return pool.statistics().connectErrors > 0; }));
    const auto before = steady_clock::now();
    for (int i = 0; i < 200; ++i)
        EXPECT_THROW(pool.borrow(), app::StorageUnavailable);
    EXPECT_LT(steady_clock::now() - before, 1s);
    EXPECT_LT(pool.statistics().connectErrors, 20u) << "each caller's failure must not be a connect";
}

TEST_F(PoolTest, AServerThatIsSilentKeepsNobodyLong) {
    const Port silent(true);
    Pool pool(silent.settings());
    std::vector<std::thread> callers;
    for (int i = 0; i < 50; ++i)
        callers.emplace_back([&] {
            const auto before = steady_clock::now();
            EXPECT_THROW(pool.borrow(), app::StorageUnavailable);
            EXPECT_LT(steady_clock::now() - before, 3s);
        });
    for (std::thread& caller : callers)
        caller.join();
    EXPECT_LE(pool.statistics().connectErrors, 1u);
    EXPECT_TRUE(soon([&] { return pool.statistics().connectErrors > 0; }));
    const auto before = steady_clock::now();
    EXPECT_THROW(pool.borrow(), app::StorageUnavailable);
    EXPECT_LT(steady_clock::now() - before, testing::promised(100ms)) << "by now it is known";
}

TEST_F(PoolTest, ManyCallersOfAFullPoolAllGetTheirTurn) {
    Pool pool(database_.settings(), {.min = 2, .max = 4});
    std::atomic<int> served{0};
    std::vector<std::thread> callers;
    for (int i = 0; i < 60; ++i)
        callers.emplace_back([&] {
            for (int turn = 0; turn < 10; ++turn)
                served += static_cast<int>(pool.borrow()->run(kOne).integer(0, 0));
        });
    for (std::thread& caller : callers)
        caller.join();
    EXPECT_EQ(served, 600);
    EXPECT_LE(pool.statistics().connects, 4u);
}

TEST(ConnectionTest, TakesTheUrlsThatPeopleHave) {
    for (const char* url : {"postgresql://u:p@db:5433/clinic", "postgres://u:p@db:5433/clinic?sslmode=disable",
                            "postgresql+psycopg2://u:p@db:5433/clinic"})
        EXPECT_EQ(ConnectionSettings(url).where(), "db:5433/clinic") << url;
    EXPECT_EQ(ConnectionSettings("postgresql://db/clinic").where(), "db:5432/clinic");
    EXPECT_THROW(ConnectionSettings("mysql://db/clinic"), std::invalid_argument);
    EXPECT_THROW(ConnectionSettings(""), std::invalid_argument);
    EXPECT_THROW(ConnectionSettings("postgresql://one,other/clinic"), std::invalid_argument)
        << "time would run out at the first that is silent";
}

TEST(ConnectionTest, NoTextHoldsThePassword) {
    try {
        ConnectionSettings("postgresql://rota:ge%zzheim@db/clinic");
        ADD_FAILURE() << "that is no URL";
    } catch (const std::invalid_argument& error) {
        EXPECT_THAT(error.what(), Not(HasSubstr("heim")));
    }
    const Port dead(false);
    try {
        Connection{dead.settings()};
        ADD_FAILURE() << "nobody listens there";
    } catch (const app::StorageUnavailable& error) {
        EXPECT_THAT(error.what(), Not(HasSubstr("geheim")));
        EXPECT_THAT(error.what(), HasSubstr("refused"));
    }
    EXPECT_THAT(dead.settings().where(), Not(HasSubstr("geheim")));
}

TEST(ConnectionTest, ErrorsTellStateAndConstraintButNoPatient) {
    TestDatabase database;
    Connection connection(database.settings());
    const std::string insert =
        "INSERT INTO patients (name, email, phone, date_of_birth, name_key) VALUES ('Kim Secret', 'kim@secret.org', "
        "'1', '1990-01-01', 'kim')";
    connection.execute(insert);
    try {
        connection.execute(insert);
        ADD_FAILURE() << "twice the same patient";
    } catch (const app::StorageError& error) {
        EXPECT_EQ(error.sqlstate(), "23505");
        EXPECT_EQ(error.constraint(), "patients_identity");
        EXPECT_THAT(error.what(), Not(HasSubstr("secret")));
    }
    const Statement cast{"test_cast", "SELECT $1::text::int"};
    try {
        connection.run(cast, {"kim@secret.org"});
        ADD_FAILURE() << "that is no number";
    } catch (const app::StorageError& error) {
        EXPECT_EQ(error.sqlstate(), "22P02");
        EXPECT_THAT(error.what(), Not(HasSubstr("secret")));
    }
}

TEST(ConnectionTest, ValuesComeBackAsTheyWere) {
    TestDatabase database;
    Connection connection(database.settings());
    const Statement timestamp{"test_timestamp", "SELECT $1::timestamp(3), $1::timestamp(3) - interval '0'"};
    for (const long long ms : {0LL, 1LL, 10LL, 100LL, 999LL, 1'773'144'000'123LL, 1'773'144'000'120LL,
                               1'773'144'000'100LL, 1'773'144'000'000LL, -1LL, -86'400'000LL, 4'102'444'799'999LL})
        EXPECT_EQ(base::toUnixMs(connection.run(timestamp, {base::fromUnixMs(ms)}).instant(0, 0)), ms);

    const Statement texts{"test_texts", "SELECT unnest($1::text[])"};
    const std::vector<std::string> awkward{"", "NULL", "a,b", "{}", "\"quoted\"", "back\\slash", "O'Neil", "Zoë\n"};
    const postgres::Rows rows = connection.run(
        texts, {postgres::arrayOf(awkward, [](const std::string& text) { return postgres::Parameter(text); })});
    ASSERT_EQ(rows.size(), static_cast<int>(awkward.size()));
    for (int row = 0; row < rows.size(); ++row)
        EXPECT_EQ(rows.string(row, 0), awkward[static_cast<std::size_t>(row)]);

    EXPECT_THROW(rows.integer(0, 0), std::logic_error);
    EXPECT_THROW(rows.string(0, 1), std::logic_error);
    EXPECT_THROW(connection.execute("SELECT NULL").string(0, 0), std::logic_error);
    EXPECT_THROW(postgres::Parameter(std::string("a\0b", 3)), std::invalid_argument);
}

} // namespace
} // namespace rota::testing
