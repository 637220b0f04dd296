#include "postgres/migrator.hpp"
#include "postgres/seeder.hpp"
#include "support/test_database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

namespace rota::testing {
namespace {

using postgres::migrate;
using postgres::Migration;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Names = std::vector<std::string>;

const base::Instant kNow = base::fromUnixMs(1'773'144'000'123);

class MigratorTest : public ::testing::Test {
protected:
    std::string refusal(const std::vector<Migration>& migrations) {
        try {
            migrate(database_.settings(), kNow, migrations);
        } catch (const postgres::MigrationError& error) {
            return error.what();
        }
        return "";
    }

    TestDatabase database_{TestDatabase::Content::Empty};
};

TEST_F(MigratorTest, BuildsAnEmptyDatabaseOnceAndThenLeavesIt) {
    const Names ran = migrate(database_.settings(), kNow);
    ASSERT_EQ(ran.size(), postgres::builtInMigrations().size());
    EXPECT_EQ(ran.front(), "0001_clinic.sql");
    EXPECT_EQ(database_.column("SELECT name FROM schema_migrations ORDER BY name"), ran);
    EXPECT_EQ(database_.value("SELECT DISTINCT applied_at FROM schema_migrations"), "2026-03-10 12:00:00.123");
    EXPECT_EQ(database_.value("SELECT sha256 FROM schema_migrations LIMIT 1").size(), 64u);
    EXPECT_EQ(database_.number("SELECT COUNT(*) FROM appointments"), 0);

    EXPECT_TRUE(migrate(database_.settings(), kNow).empty());
    const auto fastest = [](const auto& work) {
        auto least = std::chrono::steady_clock::duration::max();
        for (int i = 0; i < 10; ++i) {
            const auto before = std::chrono::steady_clock::now();
            work();
            least = std::min(least, std::chrono::steady_clock::now() - before);
        }
        return least;
    };
    // On a busy machine everything takes longer, connecting too; at rest it takes some 3 ms.
    const auto connecting = fastest([&] { postgres::Connection{database_.settings()}; });
    const auto looking = fastest([&] { EXPECT_TRUE(migrate(database_.settings(), kNow).empty()); });
    EXPECT_LT(looking, 3 * connecting + std::chrono::milliseconds{40});
}

TEST_F(MigratorTest, RunsWhatIsNewInTheOrderOfNames) {
    const Migration first{"0001_a.sql", "CREATE TABLE a (x INT)"};
    const Migration second{"0002_b.sql", "ALTER TABLE a ADD y INT; INSERT INTO a VALUES (1, 2)"};
    EXPECT_THAT(migrate(database_.settings(), kNow, std::vector{first}), ElementsAre("0001_a.sql"));
    EXPECT_THAT(migrate(database_.settings(), kNow, std::vector{second, first}), ElementsAre("0002_b.sql"));
    EXPECT_EQ(database_.number("SELECT y FROM a"), 2);
}

TEST_F(MigratorTest, RefusesAnEditedMigrationAndSaysWhatToDo) {
    migrate(database_.settings(), kNow, std::vector<Migration>{{"0001_a.sql", "CREATE TABLE a (x INT)"}});
    EXPECT_THAT(refusal({{"0001_a.sql", "CREATE TABLE a (x BIGINT)"}, {"0002_b.sql", "CREATE TABLE b (x INT)"}}),
                AllOf(HasSubstr("migrations/0001_a.sql"), HasSubstr("edited"), HasSubstr("new migration")));
    EXPECT_EQ(database_.value("SELECT to_regclass('b')"), "") << "nothing ran after all";
}

TEST_F(MigratorTest, RefusesADatabaseOfANewerVersion) {
    const Migration first{"0001_a.sql", "CREATE TABLE a (x INT)"};
    migrate(database_.settings(), kNow, std::vector<Migration>{first, {"0002_b.sql", "CREATE TABLE b (x INT)"}});
    EXPECT_THAT(refusal({first}), AllOf(HasSubstr("0002_b.sql"), HasSubstr("newer version")));
}

TEST_F(MigratorTest, AMigrationThatFailsLeavesNothingAndIsNamed) {
    const Migration first{"0001_a.sql", "CREATE TABLE a (x INT)"};
    EXPECT_THAT(refusal({first, {"0002_b.sql", "CREATE TABLE b (x INT); CREATE TABLE a (x INT)"}}),
                AllOf(HasSubstr("migrations/0002_b.sql"), HasSubstr("rolled back"), HasSubstr("42P07")));
    EXPECT_EQ(database_.value("SELECT to_regclass('b')"), "");
    EXPECT_THAT(database_.column("SELECT name FROM schema_migrations"), ElementsAre("0001_a.sql"))
        << "what ran before it stays";
}

TEST_F(MigratorTest, ManyServersAtOnceMigrateOnce) {
    constexpr std::size_t kServers = 6;
    std::vector<Names> ran(kServers);
    std::vector<std::thread> servers;
    for (std::size_t i = 0; i < kServers; ++i)
        servers.emplace_back([&, i] { EXPECT_NO_THROW(ran[i] = migrate(database_.settings(), kNow)); });
    for (std::thread& server : servers)
        server.join();
    std::size_t inAll = 0;
    for (const Names& names : ran)
        inAll += names.size();
    EXPECT_EQ(inAll, postgres::builtInMigrations().size());
}

/// A server that is told to end does not wait for another's migration, which may take hours.
TEST_F(MigratorTest, AStopEndsTheWaitForAnotherServersMigration) {
    postgres::Connection other(database_.settings());
    other.query("SELECT pg_advisory_lock(1919906913)");
    const auto waits = [&] {
        return database_.number("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                                "pid <> pg_backend_pid() AND query LIKE 'SELECT pg_try_advisory_lock%'") > 0;
    };
    try {
        migrate(database_.settings(), kNow, waits);
        FAIL() << "it did not wait";
    } catch (const app::StorageUnavailable& error) {
        EXPECT_THAT(error.what(), HasSubstr("another server migrates"));
    }
    EXPECT_EQ(database_.value("SELECT to_regclass('doctors')"), "");
    other.query("SELECT pg_advisory_unlock(1919906913)");
    EXPECT_FALSE(migrate(database_.settings(), kNow).empty());
}

TEST_F(MigratorTest, ADatabaseThatIsNotThereIsUnavailable) {
    EXPECT_THROW(migrate(postgres::ConnectionSettings("postgresql://127.0.0.1:1/none"), kNow), app::StorageUnavailable);
}

class SeederTest : public ::testing::Test {
protected:
    /// Everything that the seed puts in, as one text.
    std::string contents() {
        return database_.value(R"sql(
            SELECT (SELECT string_agg(d::text, E'\n' ORDER BY id) FROM doctors d) ||
                   (SELECT string_agg(s::text, E'\n' ORDER BY id) FROM schedules s) ||
                   (SELECT string_agg(p::text, E'\n' ORDER BY id) FROM patients p))sql");
    }

    TestDatabase database_;
    postgres::Pool pool_{database_.settings(), {.min = 1, .max = 8}};
};

TEST_F(SeederTest, PutsInTheClinicThatWasAskedFor) {
    EXPECT_TRUE(postgres::seedIfEmpty(pool_));
    EXPECT_THAT(database_.column("SELECT name || ', ' || specialty FROM doctors ORDER BY id"),
                ElementsAre("Dr. Sarah Johnson, General Practice", "Dr. Michael Chen, General Practice",
                            "Dr. Emily Rodriguez, General Practice", "Dr. David Kim, Cardiology",
                            "Dr. Lisa Patel, Cardiology", "Dr. James Wilson, Cardiology",
                            "Dr. Maria Garcia, Dermatology", "Dr. Robert Taylor, Dermatology",
                            "Dr. Jennifer Lee, Pediatrics", "Dr. Christopher Brown, Pediatrics"));
    EXPECT_EQ(database_.number("SELECT COUNT(*) FROM patients"), 5);
    EXPECT_EQ(database_.number("SELECT COUNT(*) FROM doctors WHERE length(bio) > 80 AND years_of_experience > 5"), 10);
    EXPECT_EQ(database_.value("SELECT photo_url FROM doctors WHERE id = 1"), "/photos/sarah-johnson.svg");

    const auto hoursOf = [&](const std::string& who) {
        return database_.column("SELECT DISTINCT start_time || '-' || end_time || ' ' || "
                                "string_agg(day_of_week::text, '' ORDER BY day_of_week) FROM schedules s "
                                "JOIN doctors d ON d.id = s.doctor_id WHERE " +
                                who + " GROUP BY d.id, start_time, end_time");
    };
    EXPECT_THAT(hoursOf("d.name = 'Dr. Sarah Johnson'"), ElementsAre("09:00:00-17:00:00 1234"));
    EXPECT_THAT(hoursOf("d.name <> 'Dr. Sarah Johnson'"), ElementsAre("08:00:00-18:00:00 12345"));
}

TEST_F(SeederTest, RunsAgainHarmlessly) {
    postgres::seed(pool_);
    database_.execute("DELETE FROM schedules WHERE doctor_id = 2 AND day_of_week = 5;"
                      "UPDATE doctors SET bio = 'Changed by the clinic.' WHERE id = 3");
    const std::string before = contents();
    postgres::seed(pool_);
    EXPECT_FALSE(postgres::seedIfEmpty(pool_));
    EXPECT_EQ(contents(), before);
}

TEST_F(SeederTest, TwoServersSeedOnce) {
    std::atomic<int> seeded{0};
    std::vector<std::thread> servers;
    for (int i = 0; i < 6; ++i)
        servers.emplace_back([&, i] {
            if (i % 2)
                postgres::seed(pool_);
            else
                seeded += postgres::seedIfEmpty(pool_);
        });
    for (std::thread& server : servers)
        server.join();
    EXPECT_LE(seeded, 1);
    EXPECT_EQ(database_.number("SELECT COUNT(*) FROM doctors"), 10);
    EXPECT_EQ(database_.number("SELECT COUNT(*) FROM schedules"), 49);
    EXPECT_EQ(database_.number("SELECT COUNT(*) FROM patients"), 5);
}

} // namespace
} // namespace rota::testing
