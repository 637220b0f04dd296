#include "clinic.hpp"
#include "support/promised.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace rota::testing {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

const std::string kReminder = "Subject: Appointment Reminder";
const std::string kConfirmation = "Subject: Appointment Confirmation";

class DeliveryTest : public ::testing::Test {
protected:
    /// A week ahead, at ten.
    const std::string start_ = isoAt(comingDay(std::chrono::Tuesday), "10:00");
    const base::Instant startInstant_ = *base::parseTimestamp(start_, newYork());

    /// Reminds by email `from now` on, so that nobody waits for a week.
    RotadOptions remindingIn(std::chrono::seconds fromNow) {
        due_ = std::chrono::ceil<std::chrono::seconds>(machineTime() + fromNow);
        const auto before = std::chrono::duration_cast<std::chrono::seconds>(startInstant_ - due_);
        auto options = clinic_.options();
        options.settings.push_back(fmt::format("reminder.email_before = {}s", before.count()));
        return options;
    }

    std::string stateOf(const std::string& kind) {
        return clinic_.database.value("SELECT state FROM jobs WHERE kind = '" + kind + "'");
    }

    bool awaitState(const std::string& kind, const std::string& state, std::chrono::seconds timeout) {
        for (const auto end = steady_clock::now() + timeout; steady_clock::now() < end;
             std::this_thread::sleep_for(20ms))
            if (stateOf(kind) == state) return true;
        return false;
    }

    void expectOneReminder() {
        EXPECT_TRUE(clinic_.server->awaitLines(kReminder, 1, 30s)) << clinic_.server->output();
        EXPECT_GE(machineTime(), due_);
        EXPECT_TRUE(awaitState("email_reminder", "sent", 10s)) << stateOf("email_reminder");
        std::this_thread::sleep_for(3s);
        EXPECT_EQ(clinic_.server->linesWith(kReminder), 1u) << clinic_.server->output();
    }

    Clinic clinic_;
    base::Instant due_;
};

TEST_F(DeliveryTest, ConfirmsAtOnceAndPlansBothReminders) {
    clinic_.start();
    clinic_.booked(2, start_);
    EXPECT_TRUE(clinic_.server->awaitLines(kConfirmation, 1, 5s)) << clinic_.server->output();
    EXPECT_THAT(clinic_.server->output(), HasSubstr("EMAIL SENT: To alice.thompson@example.com"));
    EXPECT_EQ(
        clinic_.database.value("SELECT string_agg(kind || ' ' || start_time - run_at, ', ' ORDER BY kind) "
                               "FROM jobs JOIN appointments a ON a.id = appointment_id WHERE kind LIKE '%reminder'"),
        "email_reminder 1 day, sms_reminder 02:00:00");
}

TEST_F(DeliveryTest, VoidsTheRemindersOfACancelledAppointment) {
    clinic_.start(remindingIn(8s));
    const auto id = clinic_.booked(2, start_);
    EXPECT_EQ(clinic_.cancel(id).status, 200);
    EXPECT_EQ(stateOf("email_reminder"), "cancelled");
    std::this_thread::sleep_for(10s);
    EXPECT_EQ(clinic_.server->linesWith(kReminder), 0u);
}

TEST_F(DeliveryTest, RemindsOnceThoughRedisWasFlushed) {
    clinic_.start(remindingIn(20s));
    clinic_.booked(2, start_);
    ASSERT_TRUE(awaitState("confirmation", "sent", 10s));
    redisCommand(clinic_.redis.url(), {"FLUSHALL"});
    expectOneReminder();
    EXPECT_EQ(clinic_.server->linesWith(kConfirmation), 1u);
}

TEST_F(DeliveryTest, BooksWithoutRedisAndRemindsWhenItIsBack) {
    clinic_.start(remindingIn(25s));
    clinic_.redis.stop();
    clinic_.booked(2, start_);
    const auto ready = clinic_.get("/readyz");
    EXPECT_EQ(ready.status, 200);
    EXPECT_EQ(ready.json()["status"], "degraded");
    EXPECT_EQ(ready.json()["redis"], "down");
    clinic_.redis.start();
    expectOneReminder();
    EXPECT_EQ(clinic_.server->linesWith(kConfirmation), 1u);
}

/// Both real reminders, with the clock that rotad sees set to a little before each.
TEST_F(DeliveryTest, RemindsWithinASecondOfTheTime) {
    clinic_.start();
    clinic_.booked(2, start_);
    ASSERT_TRUE(awaitState("confirmation", "sent", 10s));
    ASSERT_EQ(clinic_.server->stop(), 0);

    for (const auto& [before, text] :
         {std::pair{24h, kReminder}, std::pair{2h, std::string{"SMS SENT: To +12125550111"}}}) {
        const auto due = startInstant_ - before;
        auto options = clinic_.options();
        options.clock = due - 15s;
        clinic_.start(options);
        const auto dueByOurClock = machineTime() + (due - clinic_.server->clock());
        EXPECT_EQ(clinic_.server->linesWith(text), 0u) << "too early, or the start took too long";
        EXPECT_TRUE(clinic_.server->awaitLines(text, 1, 40s)) << clinic_.server->output();
        const auto late = machineTime() - dueByOurClock;
        EXPECT_GE(late, -50ms);
        EXPECT_LT(late, promised(1s));
        ASSERT_EQ(clinic_.server->stop(), 0) << clinic_.server->output();
        EXPECT_EQ(clinic_.server->linesWith(text), 1u);
    }
    EXPECT_EQ(
        clinic_.database.value("SELECT (email_reminder_sent_at - (start_time - INTERVAL '24 hours')) < '1 second' "
                               "AND (sms_reminder_sent_at - (start_time - INTERVAL '2 hours')) < '1 second' "
                               "FROM appointments"),
        "t");
}

TEST_F(DeliveryTest, FinishesABookingThatIsUnderWayAtAStop) {
    clinic_.start();
    auto client = clinic_.connect();
    auto idle = clinic_.connect();
    EXPECT_EQ(idle.get("/healthz").status, 200);
    clinic_.database.execute("BEGIN; SELECT 1 FROM doctors WHERE id = 2 FOR UPDATE");
    client.send(HttpClient::bytes("POST", "/api/appointments", booking(2, start_).dump()));
    std::this_thread::sleep_for(500ms);
    clinic_.server->terminate();
    EXPECT_TRUE(idle.closedByServer());
    clinic_.database.execute("COMMIT");
    const auto answer = client.receive();
    EXPECT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_EQ(clinic_.server->awaitExit(10s), 0) << clinic_.server->output();
    EXPECT_EQ(clinic_.database.number("SELECT COUNT(*) FROM appointments"), 1);
}

TEST_F(DeliveryTest, AnswersWithoutTheDatabaseAndHealsWhenItIsBack) {
    clinic_.start();
    const auto name = clinic_.database.value("SELECT current_database()");
    TestDatabase elsewhere{TestDatabase::Content::Empty};
    const auto allow = [&](bool allowed) {
        elsewhere.execute(fmt::format("ALTER DATABASE \"{}\" ALLOW_CONNECTIONS {}", name, allowed));
    };
    allow(false);
    clinic_.database.endSessions();
    const auto away = clinic_.book(booking(2, start_));
    EXPECT_EQ(away.status, 500);
    EXPECT_EQ(away.json(), (nlohmann::json{{"error", "Internal server error"}}));
    EXPECT_EQ(away.header("Retry-After"), "5");
    const auto ready = clinic_.get("/readyz");
    EXPECT_EQ(ready.status, 503);
    EXPECT_EQ(ready.json()["status"], "unavailable");
    EXPECT_EQ(ready.json()["database"], "down");
    EXPECT_EQ(clinic_.get("/healthz").status, 200);

    allow(true);
    int status = 0;
    for (const auto end = steady_clock::now() + 30s; status != 201 && steady_clock::now() < end;
         std::this_thread::sleep_for(100ms))
        status = clinic_.book(booking(2, start_)).status;
    EXPECT_EQ(status, 201);
}

} // namespace
} // namespace rota::testing
