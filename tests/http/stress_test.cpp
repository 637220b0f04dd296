#include "clinic.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <random>
#include <set>
#include <thread>

namespace rota::testing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using std::chrono::steady_clock;

constexpr int kBookings = 1000;
constexpr int kClients = 16;

/// How long the bookings may take together: as fast as they go, where nothing is said. The part `stress` of
/// scripts/test
/// --full says five minutes.
std::chrono::seconds duration() {
    const char* seconds = std::getenv("ROTA_TEST_STRESS_SECONDS");
    return std::chrono::seconds{seconds ? std::atoi(seconds) : 0};
}

/// A thousand bookings by many clients at once, mixed with cancellations, changes and waitlist entries; then the
/// database is looked at.
class StressTest : public ::testing::Test {
protected:
    StressTest() {
        clinic_.start();
        for (int i = 0; i < 100; ++i)
            patients_.push_back(clinic_.database.number(
                fmt::format("INSERT INTO patients (name, email, phone, date_of_birth, name_key) "
                            "VALUES ('Patient {0}', 'patient{0}@example.com', '212-555-0100', '1960-01-01', 'p{0}') "
                            "RETURNING id",
                            i)));
    }
    ~StressTest() override { EXPECT_EQ(clinic_.server->stop(), 0); }

    /// What was acknowledged, and how often nothing came of it.
    struct Acknowledged {
        std::set<std::int64_t> booked, cancelled;
        int conflicts = 0, waiting = 0, moved = 0;
        steady_clock::duration slowest{0};
    };

    /// One client: books until all together have enough, and now and then does something else.
    class Client {
    public:
        Client(StressTest& test, int number) : test_(test), random_(number), http_(test.clinic_.connect()) {}

        void run() {
            while (const int number = test_.next()) {
                std::this_thread::sleep_until(test_.began_ + duration() * number / kBookings);
                book();
                if (roll(4)) cancel();
                if (roll(10)) reschedule();
                if (roll(3)) wait();
            }
        }
        const Acknowledged& acknowledged() const { return acknowledged_; }

    private:
        int pick(int from, int to) { return std::uniform_int_distribution{from, to}(random_); }
        bool roll(int sides) { return pick(1, sides) == 1; }
        std::int64_t patient() { return test_.patients_.at(static_cast<std::size_t>(pick(0, 99))); }
        /// Of three weeks: little enough that clients meet.
        base::Date day() { return base::addDays(comingDay(std::chrono::Monday), 7 * pick(0, 2) + pick(0, 3)); }
        std::string start() { return at(day(), fmt::format("{:02}:{:02}", pick(8, 17), 15 * pick(0, 3))); }

        HttpAnswer send(const std::string& method, const std::string& path, const json& body = nullptr) {
            const auto began = steady_clock::now();
            auto answer = http_.request(method, path, body.is_null() ? "" : body.dump());
            acknowledged_.slowest = std::max(acknowledged_.slowest, steady_clock::now() - began);
            EXPECT_LT(answer.status, 500) << answer.body;
            return answer;
        }

        /// Until one is got: this is the booking that was counted.
        void book() {
            constexpr std::array kDurations{15, 30, 30, 60};
            for (;;) {
                const auto minutes = kDurations.at(static_cast<std::size_t>(pick(0, 3)));
                const auto wanted = booking(pick(2, 10), start(), minutes, "standard", patient());
                const auto answer = send("POST", "/api/appointments", wanted);
                if (answer.status == 201) {
                    mine_.push_back(answer.json().at("id").get<std::int64_t>());
                    acknowledged_.booked.insert(mine_.back());
                    return;
                }
                if (answer.status == 409) ++acknowledged_.conflicts;
            }
        }

        void cancel() {
            const auto at = static_cast<std::ptrdiff_t>(pick(0, static_cast<int>(mine_.size()) - 1));
            const auto id = mine_.at(static_cast<std::size_t>(at));
            mine_.erase(mine_.begin() + at);
            if (send("DELETE", fmt::format("/api/appointments/{}", id)).status == 200)
                acknowledged_.cancelled.insert(id);
        }

        void reschedule() {
            if (mine_.empty()) return;
            const auto path = fmt::format("/api/appointments/{}", mine_.back());
            if (send("PATCH", path, {{"start_time", start()}}).status == 200) ++acknowledged_.moved;
        }

        void wait() {
            const json wish{{"doctor_id", pick(2, 10)},
                            {"patient_id", patient()},
                            {"desired_date", base::formatDate(day())},
                            {"preferred_time_range", roll(2) ? "any" : "morning"}};
            if (send("POST", "/api/waitlist", wish).status == 201) ++acknowledged_.waiting;
        }

        StressTest& test_;
        std::mt19937 random_;
        HttpClient http_;
        std::vector<std::int64_t> mine_;
        Acknowledged acknowledged_;
    };

    /// The next booking's number, from 1; 0 where there are enough.
    int next() {
        const int number = ++begun_;
        return number > kBookings ? 0 : number;
    }

    Acknowledged runClients() {
        Acknowledged all;
        std::mutex mutex;
        began_ = steady_clock::now();
        simultaneously(kClients, [&](int number) {
            Client client{*this, number};
            client.run();
            const std::lock_guard lock{mutex};
            all.booked.insert(client.acknowledged().booked.begin(), client.acknowledged().booked.end());
            all.cancelled.insert(client.acknowledged().cancelled.begin(), client.acknowledged().cancelled.end());
            all.conflicts += client.acknowledged().conflicts;
            all.waiting += client.acknowledged().waiting;
            all.moved += client.acknowledged().moved;
            all.slowest = std::max(all.slowest, client.acknowledged().slowest);
        });
        return all;
    }

    std::int64_t count(const std::string& from) { return clinic_.database.number("SELECT COUNT(*) FROM " + from); }

    /// The freed times have been offered, and what goes out at once has gone out.
    void awaitQuiet() {
        const auto pending = "jobs WHERE finished_at IS NULL AND kind NOT LIKE '%reminder'";
        for (const auto end = steady_clock::now() + 60s; count(pending) > 0; std::this_thread::sleep_for(50ms))
            ASSERT_LT(steady_clock::now(), end) << count(pending) << " jobs never ran";
    }

    std::set<std::int64_t> ids(const std::string& from) {
        std::set<std::int64_t> ids;
        for (const auto& id : clinic_.database.column("SELECT id FROM " + from))
            ids.insert(std::stoll(id));
        return ids;
    }

    void expectWhatWasAcknowledged(const Acknowledged& acknowledged) {
        EXPECT_EQ(ids("appointments WHERE id NOT IN (SELECT appointment_id FROM waitlist WHERE status = 'promoted')"),
                  acknowledged.booked);
        EXPECT_EQ(ids("appointments WHERE status = 'cancelled'"), acknowledged.cancelled);
    }

    /// A promoted entry has an appointment of its own patient, with its own doctor, on its day; nobody waits too often.
    void expectOnlyRightfulPromotions() {
        EXPECT_EQ(count(R"(waitlist w LEFT JOIN appointments a ON a.id = w.appointment_id
                           WHERE w.status = 'promoted' AND (a.id IS NULL OR a.patient_id <> w.patient_id
                               OR a.doctor_id <> w.doctor_id OR w.desired_date <>
                                  (a.start_time AT TIME ZONE 'UTC' AT TIME ZONE 'America/New_York')::date))"),
                  0);
        EXPECT_EQ(count(R"((SELECT 1 FROM waitlist WHERE status = 'waiting'
                            GROUP BY patient_id HAVING COUNT(*) > 3) too_many)"),
                  0);
    }

    /// Both reminders are to come, at their times, and one notice went out.
    void expectJobsOfStandingAppointments() {
        EXPECT_EQ(count(R"(appointments a WHERE status = 'scheduled'
                           AND (SELECT array_agg(kind::text || ' ' || EXTRACT(EPOCH FROM a.start_time - run_at)::int / 3600
                                                 ORDER BY kind)
                                  FROM jobs j WHERE j.appointment_id = a.id AND j.state = 'scheduled'
                                   AND j.schedule_version = a.schedule_version)
                               IS DISTINCT FROM ARRAY['email_reminder 24', 'sms_reminder 2'])"),
                  0);
        EXPECT_EQ(count(R"(appointments a WHERE status = 'scheduled' AND 1 <>
                           (SELECT COUNT(*) FROM jobs j WHERE j.appointment_id = a.id
                               AND j.schedule_version = a.schedule_version AND j.state IN ('sent', 'delivered')
                               AND kind IN ('confirmation', 'promotion_notice', 'reschedule_notice')))"),
                  0);
    }

    /// Nothing is to be sent of what was cancelled, or of a time that was given up; each of those was offered once.
    void expectNoOtherJobs(const Acknowledged& acknowledged) {
        EXPECT_EQ(count(R"(jobs j LEFT JOIN appointments a ON a.id = j.appointment_id
                           WHERE a.id IS NULL OR (j.finished_at IS NULL AND
                               (a.status = 'cancelled' OR j.schedule_version <> a.schedule_version)))"),
                  0);
        EXPECT_EQ(count("jobs WHERE kind = 'promote_waitlist'"),
                  static_cast<std::int64_t>(acknowledged.cancelled.size()) +
                      clinic_.database.number("SELECT SUM(schedule_version - 1) FROM appointments"));
        EXPECT_EQ(count("jobs WHERE kind = 'promote_waitlist' AND state <> 'done'"), 0);
    }

    /// Redis holds each job that is to come, and no other. It is told behind the commit.
    void expectTheClockToKnow() {
        const auto timed = [&] { return redisCommand(clinic_.redis.url(), {"ZCARD", "{rota:0}:due"}); };
        const auto pending = std::to_string(count("jobs WHERE finished_at IS NULL"));
        for (const auto end = steady_clock::now() + 10s; timed() != pending && steady_clock::now() < end;)
            std::this_thread::sleep_for(50ms);
        EXPECT_EQ(timed(), pending);
    }

    Clinic clinic_;
    std::vector<std::int64_t> patients_;
    std::atomic<int> begun_ = 0;
    steady_clock::time_point began_;
};

TEST_F(StressTest, AThousandBookingsLeaveEverythingInOrder) {
    const auto acknowledged = runClients();
    const auto took = steady_clock::now() - began_;
    awaitQuiet();
    std::cout << fmt::format(
        "1000 bookings, {} cancellations, {} changes, {} waitlist entries, {} conflicts in {} ms; the "
        "slowest answer after {} ms; {} promotions\n",
        acknowledged.cancelled.size(), acknowledged.moved, acknowledged.waiting, acknowledged.conflicts, took / 1ms,
        acknowledged.slowest / 1ms, count("waitlist WHERE status = 'promoted'"));
    EXPECT_EQ(acknowledged.booked.size(), std::size_t{kBookings});
    EXPECT_GT(acknowledged.conflicts, 0);
    EXPECT_GT(count("waitlist WHERE status = 'promoted'"), 0);

    EXPECT_EQ(clinic_.overlaps(), 0);
    expectWhatWasAcknowledged(acknowledged);
    expectOnlyRightfulPromotions();
    expectJobsOfStandingAppointments();
    expectNoOtherJobs(acknowledged);
    expectTheClockToKnow();
}

} // namespace
} // namespace rota::testing
