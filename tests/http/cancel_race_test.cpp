#include "clinic.hpp"
#include "support/fake_provider/fake_provider.hpp"
#include "support/promised.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <thread>

namespace rota::testing {
namespace {

using namespace std::chrono_literals;
using base::Instant;
using base::Milliseconds;

/// Appointments that are cancelled while their reminders are just being claimed and sent: at the provider it shows who
/// was reminded, and when.
class CancelRaceTest : public ::testing::Test {
protected:
    struct Reminder {
        std::int64_t appointment = 0;
        std::string deliveryId;
        Instant due;
        int status = 0; ///< of the answer to the cancellation
        int inFlight = -1;
        Instant asked;
        Instant answered;
    };

    void start(Milliseconds providerTakes) {
        auto options = clinic_.options();
        options.settings = {"notify.email.channels = sendgrid", "channel.sendgrid.plugin = sendgrid",
                            "channel.sendgrid.config.api_key = ${env:SENDGRID_API_KEY}",
                            "channel.sendgrid.config.from = visits@clinic.example",
                            "channel.sendgrid.config.base_url = " + fake_.url()};
        options.environment["SENDGRID_API_KEY"] = FakeAccount::kSendGridKey;
        clinic_.start(options);
        fake_.memory().behave("sendgrid", {.delay = providerTakes});
    }

    /// Email reminders of appointments in three days, due one `apart` after the other from `first` on.
    std::vector<Reminder> plan(int count, Instant first, Milliseconds apart) {
        clinic_.database.execute(fmt::format(
            R"sql(
INSERT INTO doctors (name, specialty) SELECT 'Dr. Race ' || n, 'General Practice' FROM generate_series(0, {0} / 96) n;
INSERT INTO patients (name, email, phone, date_of_birth, name_key)
SELECT 'Racer ' || n, 'racer' || n || '@example.com', '212-555-0100', '1950-01-01', 'racer ' || n
  FROM generate_series(1, {0}) n;
INSERT INTO appointments (doctor_id, patient_id, start_time, duration, type)
SELECT d.id, p.id, date_trunc('day', now() AT TIME ZONE 'UTC') + INTERVAL '3 days' + p.place % 96 * INTERVAL '15 min', 15,
       'follow-up'
  FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM patients WHERE name LIKE 'Racer %') p
  JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM doctors WHERE name LIKE 'Dr. Race %') d
    ON d.place = p.place / 96;
INSERT INTO jobs (kind, appointment_id, patient_id, schedule_version, dedupe_key, run_at, not_after, created_at)
SELECT 'email_reminder', a.id, a.patient_id, 1, 'race-' || a.id,
       to_timestamp({1} / 1000.0) AT TIME ZONE 'UTC' + (row_number() OVER (ORDER BY a.id) - 1) * INTERVAL '{2} ms',
       a.start_time, now() AT TIME ZONE 'UTC'
  FROM appointments a JOIN doctors d ON d.id = a.doctor_id WHERE d.name LIKE 'Dr. Race %')sql",
            count, first.time_since_epoch().count(), apart.count()));
        // Nobody told Redis of them; it is told of all that PostgreSQL has where it has nothing.
        redisCommand(clinic_.redis.url(), {"FLUSHALL"});

        const auto appointments = clinic_.database.column("SELECT appointment_id FROM jobs WHERE dedupe_key LIKE "
                                                          "'race-%' ORDER BY run_at");
        const auto jobs = clinic_.database.column("SELECT id FROM jobs WHERE dedupe_key LIKE 'race-%' ORDER BY run_at");
        std::vector<Reminder> reminders(jobs.size());
        for (std::size_t i = 0; i < jobs.size(); ++i) {
            reminders[i].appointment = std::stoll(appointments[i]);
            reminders[i].deliveryId = "rota-" + jobs[i];
            reminders[i].due = first + static_cast<int>(i) * apart;
        }
        return reminders;
    }

    static void cancel(HttpClient& client, Reminder& reminder) {
        reminder.asked = machineTime();
        const auto answer = client.request("DELETE", fmt::format("/api/appointments/{}", reminder.appointment));
        reminder.answered = machineTime();
        reminder.status = answer.status;
        reminder.inFlight = answer.json().value("messages_in_flight", -1);
    }

    bool awaitSettled() {
        for (const auto end = machineTime() + 90s; machineTime() < end; std::this_thread::sleep_for(50ms))
            if (clinic_.database.number("SELECT COUNT(*) FROM jobs WHERE dedupe_key LIKE 'race-%' AND state IN "
                                        "('scheduled', 'retry', 'running')") == 0)
                return true;
        return false;
    }

    /// By delivery id, when the provider took each; at no reminder twice.
    std::map<std::string, Instant> taken() {
        std::map<std::string, Instant> times;
        for (const auto& message : fake_.memory().taken("sendgrid"))
            EXPECT_TRUE(times.emplace(message.deliveryId, std::chrono::floor<Milliseconds>(message.at)).second)
                << message.deliveryId << " was sent twice";
        return times;
    }

    Clinic clinic_;
    FakeProvider fake_;
};

/// ROTA_TEST_CANCELLATIONS: how many.
TEST_F(CancelRaceTest, NothingIsSentWhoseClaimCameAfterTheCancellation) {
    const char* wanted = std::getenv("ROTA_TEST_CANCELLATIONS");
    const int count = wanted ? std::atoi(wanted) : 150;
    constexpr int kClients = 8;
    constexpr auto kApart = 20ms, kProviderTakes = 40ms;
    start(kProviderTakes);
    auto reminders = plan(count, machineTime() + 3s, kApart);

    // From well before the claim to well after the send.
    std::minstd_rand random(7);
    std::uniform_int_distribution<int> around(-40, 80);
    std::vector<Milliseconds> offsets(reminders.size());
    std::ranges::generate(offsets, [&] { return Milliseconds{around(random)}; });
    simultaneously(kClients, [&](int client) {
        auto connection = clinic_.connect();
        for (auto i = static_cast<std::size_t>(client); i < reminders.size(); i += kClients) {
            std::this_thread::sleep_until(reminders[i].due + offsets[i]);
            cancel(connection, reminders[i]);
        }
    });
    ASSERT_TRUE(awaitSettled());

    const auto times = taken();
    int inTime = 0, underWay = 0, before = 0;
    std::vector<Milliseconds> durations;
    for (const auto& reminder : reminders) {
        ASSERT_EQ(reminder.status, 200);
        durations.push_back(reminder.answered - reminder.asked);
        const auto sent = times.find(reminder.deliveryId);
        const auto state = clinic_.database.value("SELECT state FROM jobs WHERE id = " + reminder.deliveryId.substr(5));
        EXPECT_EQ(state, sent == times.end() ? "cancelled" : "sent") << reminder.deliveryId;
        if (sent == times.end())
            ++inTime;
        else if (reminder.inFlight > 0)
            ++underWay;
        else
            ++before;
        const bool late = sent != times.end() && sent->second > reminder.answered;
        EXPECT_FALSE(late && reminder.inFlight == 0)
            << reminder.deliveryId << " left after an answer that knew of nothing under way";
    }
    std::ranges::sort(durations);
    const auto slow = durations[durations.size() * 99 / 100];
    std::printf("%d cancellations: %d in time, %d while it was sent, %d after; 99 of 100 answered within %lld ms\n",
                count, inTime, underWay, before, static_cast<long long>(slow.count()));
    EXPECT_LT(slow, promised(500ms));
    EXPECT_GT(inTime, count / 50) << "or else nothing was tested";
    EXPECT_GT(underWay, count / 50);
}

TEST_F(CancelRaceTest, AMessageUnderWayIsToldOfWithinHalfASecond) {
    start(2s);
    auto reminder = plan(1, machineTime(), 0ms).at(0);
    for (const auto end = machineTime() + 20s;
         fake_.memory().summary("sendgrid")["requests"] == 0 && machineTime() < end;)
        std::this_thread::sleep_for(5ms);
    auto connection = clinic_.connect();
    cancel(connection, reminder);
    EXPECT_EQ(reminder.status, 200);
    EXPECT_EQ(reminder.inFlight, 1);
    EXPECT_LT(reminder.answered - reminder.asked, promised(500ms));
    ASSERT_TRUE(awaitSettled());
    EXPECT_EQ(taken().count(reminder.deliveryId), 1U);
}

} // namespace
} // namespace rota::testing
