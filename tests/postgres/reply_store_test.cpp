#include "postgres/reply_store.hpp"
#include "postgres_stores.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace rota::testing {
namespace {

using namespace std::chrono_literals;

/// Ann and Ben share a phone, Cem has one of his own.
class ReplyStoreTest : public ::testing::Test {
protected:
    ReplyStoreTest() {
        stores_.database.execute("INSERT INTO doctors (name, specialty) VALUES ('Dr. Ada Quill', 'Cardiology')");
        stores_.database.execute("INSERT INTO patients (name, email, phone, date_of_birth, name_key) VALUES "
                                 "('Ann', 'ann@example.com', '212-555-0101', '1980-01-01', 'ann'), "
                                 "('Ben', 'ben@example.com', '212-555-0101', '1980-01-01', 'ben'), "
                                 "('Cem', 'cem@example.com', '212-555-0102', '1980-01-01', 'cem')");
    }

    /// In so many hours, reminded so many minutes ago, or not at all.
    std::int64_t appointment(int patient, int hours, int remindedMinutesAgo, const std::string& status = "scheduled") {
        const auto reminded = remindedMinutesAgo < 0
                                  ? std::string("NULL")
                                  : fmt::format("TIMESTAMP '2026-03-10 12:00' - INTERVAL '{} min'", remindedMinutesAgo);
        return std::stoll(stores_.database.value(fmt::format(
            "INSERT INTO appointments (doctor_id, patient_id, start_time, duration, type, status, "
            "sms_reminder_sent_at) VALUES (1, {}, TIMESTAMP '2026-03-10 12:00' + INTERVAL '{} h', 30, 'standard', "
            "'{}', {}) RETURNING id",
            patient, hours, status, reminded)));
    }

    std::vector<std::int64_t> reminded(const std::string& phone) {
        std::vector<std::int64_t> ids;
        for (const auto id : store_.reminded(phone, now_))
            ids.push_back(id.value);
        return ids;
    }
    std::string jobs() {
        return stores_.database.value("SELECT coalesce(string_agg(p.name || ' ' || j.kind, ', ' ORDER BY p.id, j.kind),"
                                      " '') FROM jobs j JOIN patients p ON p.id = j.patient_id");
    }

    PostgresStores stores_;
    postgres::PostgresReplyStore store_{stores_.pool};
    const base::Instant now_ = *base::parseTimestamp("2026-03-10T12:00Z", base::Zone("America/New_York"));
};

TEST_F(ReplyStoreTest, KnowsWhichAppointmentsTheRemindersOfAPhoneSpokeOf) {
    const auto first = appointment(1, 2, 30);
    const auto second = appointment(2, 3, 10);
    appointment(1, 4, -1);              // not reminded of yet
    appointment(1, -5, 300);            // over
    appointment(1, 5, 20, "cancelled"); // given up
    const auto other = appointment(3, 6, 5);
    EXPECT_EQ(reminded("212-555-0101"), (std::vector<std::int64_t>{second, first}));
    EXPECT_EQ(reminded("212-555-0102"), std::vector<std::int64_t>{other});
    EXPECT_TRUE(reminded("212-555-0103").empty());
}

TEST_F(ReplyStoreTest, TellsEverybodyOfThePhoneOnce) {
    appointment(1, 2, 30);
    appointment(2, -3, 200);
    appointment(3, 4, 5);
    const auto made = store_.announceUnclear("212-555-0101", "SM1", true, now_);
    EXPECT_EQ(made.size(), 4u);
    EXPECT_EQ(made.at(0).runAt, now_);
    EXPECT_EQ(jobs(), "Ann unclear_reply_alert, Ann unclear_reply_notice, Ben unclear_reply_alert, "
                      "Ben unclear_reply_notice");
    EXPECT_TRUE(store_.announceUnclear("212-555-0101", "SM1", true, now_).empty());
    EXPECT_EQ(store_.announceUnclear("212-555-0101", "SM2", false, now_).size(), 2u);
}

// Nobody who never got a reminder by SMS can have answered one.
TEST_F(ReplyStoreTest, AStrangerIsToldNothing) {
    appointment(1, 2, -1);
    EXPECT_TRUE(store_.announceUnclear("212-555-0101", "SM1", true, now_).empty());
    EXPECT_TRUE(store_.announceUnclear("212-555-0103", "SM1", true, now_).empty());
    EXPECT_EQ(jobs(), "");
}

} // namespace
} // namespace rota::testing
