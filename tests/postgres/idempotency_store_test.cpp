#include "base/limits.hpp"
#include "postgres/idempotency_store.hpp"
#include "support/test_database.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace rota::testing {
namespace {

using namespace std::chrono_literals;
using Store = app::IdempotencyStore;

class IdempotencyStoreTest : public ::testing::Test {
protected:
    template <class Outcome>
    bool begins(const app::KeyedRequest& request, base::Milliseconds after = 0ms) {
        return std::holds_alternative<Outcome>(store_.begin(request, kNow + after));
    }
    std::int64_t rows() { return database_.number("SELECT COUNT(*) FROM idempotency_keys"); }

    static constexpr base::Instant kNow{std::chrono::sys_days{std::chrono::year{2026} / 3 / 3}};
    const app::StoredAnswer answer_{201, "{\"id\":1,\"name\":\"a 'quote'\"}", "/api/appointments/1"};
    TestDatabase database_;
    postgres::Pool pool_{database_.settings(), {.min = 1, .max = 20}};
    postgres::PostgresIdempotencyStore store_{pool_};
};

TEST_F(IdempotencyStoreTest, TheFirstBeginsAndTheOthersGetItsAnswer) {
    EXPECT_TRUE(begins<Store::Begun>({"k", "same", "first"}));
    EXPECT_TRUE(begins<Store::UnderWay>({"k", "same", "second"}));
    EXPECT_TRUE(begins<Store::OtherRequest>({"k", "other", "third"}));
    EXPECT_TRUE(begins<Store::Begun>({"k", "same", "first"})) << "the same attempt, on another connection";
    store_.finish({"k", "same", "first"}, answer_);
    const auto again = store_.begin({"k", "same", "fourth"}, kNow + 1h);
    ASSERT_TRUE(std::holds_alternative<app::StoredAnswer>(again));
    EXPECT_EQ(std::get<app::StoredAnswer>(again), answer_);
    EXPECT_TRUE(begins<Store::OtherRequest>({"k", "other", "fifth"}, 1h));
}

TEST_F(IdempotencyStoreTest, AnAnswerIsKeptForADay) {
    begins<Store::Begun>({"k", "same", "first"});
    store_.finish({"k", "same", "first"}, answer_);
    EXPECT_TRUE(begins<app::StoredAnswer>({"k", "same", "second"}, 24h - 1ms));
    EXPECT_TRUE(begins<Store::Begun>({"k", "other", "third"}, 24h));
}

TEST_F(IdempotencyStoreTest, WhatWasLeftBehindIsTakenOverByAnEqualRequest) {
    begins<Store::Begun>({"k", "same", "dead"});
    EXPECT_TRUE(begins<Store::UnderWay>({"k", "same", "next"}, 1min - 1ms));
    EXPECT_TRUE(begins<Store::OtherRequest>({"k", "other", "next"}, 1min));
    EXPECT_TRUE(begins<Store::Begun>({"k", "same", "next"}, 1min));
    // The first was slow, not dead: its answer is not the one that counts any more.
    store_.finish({"k", "same", "dead"}, {400, "{}", ""});
    store_.abandon({"k", "same", "dead"});
    store_.finish({"k", "same", "next"}, answer_);
    EXPECT_EQ(std::get<app::StoredAnswer>(store_.begin({"k", "same", "last"}, kNow + 2min)), answer_);
}

TEST_F(IdempotencyStoreTest, AnAbandonedKeyIsFree) {
    begins<Store::Begun>({"k", "same", "first"});
    store_.abandon({"k", "same", "first"});
    EXPECT_EQ(rows(), 0);
    EXPECT_TRUE(begins<Store::Begun>({"k", "other", "second"}));
}

TEST_F(IdempotencyStoreTest, ExpiredKeysGoWithEachUse) {
    const auto purge = static_cast<int>(base::limits::kIdempotencyPurge);
    for (int i = 0; i < purge + 5; ++i)
        begins<Store::Begun>({"k" + std::to_string(i), "f", "t"});
    begins<Store::Begun>({"fresh", "f", "t"}, 24h);
    EXPECT_EQ(rows(), 6);
    begins<Store::Begun>({"k14", "f", "u"}, 24h);
    EXPECT_EQ(rows(), 2) << "its own expired row is used again";
}

TEST_F(IdempotencyStoreTest, OfManyAtOnceOneBegins) {
    for (int round = 0; round < 10; ++round) {
        std::atomic<int> begun{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < 20; ++i)
            threads.emplace_back([&, i] {
                if (begins<Store::Begun>({"r" + std::to_string(round), "f", "t" + std::to_string(i)})) ++begun;
            });
        for (auto& thread : threads)
            thread.join();
        EXPECT_EQ(begun, 1);
    }
}

} // namespace
} // namespace rota::testing
