#include "clinic.hpp"
#include "support/promised.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

namespace rota::testing {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

class RacesTest : public ::testing::Test {
protected:
    RacesTest() : RacesTest(std::vector<std::string>{}) {}
    explicit RacesTest(std::vector<std::string> settings) {
        auto options = clinic_.options();
        options.settings = std::move(settings);
        clinic_.start(options);
    }
    ~RacesTest() override { EXPECT_EQ(clinic_.server->stop(), 0); }

    struct Outcome {
        std::map<int, int> statuses; ///< how many of each
        steady_clock::duration slowest{0};
    };

    /// Each booking on a connection of its own, opened before, all sent at once.
    Outcome race(const std::vector<nlohmann::json>& bookings) {
        std::vector<HttpClient> clients;
        for (std::size_t i = 0; i < bookings.size(); ++i)
            clients.push_back(clinic_.connect());
        std::vector<int> statuses(bookings.size());
        std::vector<steady_clock::duration> took(bookings.size());
        simultaneously(static_cast<int>(bookings.size()), [&](int i) {
            const auto index = static_cast<std::size_t>(i);
            const auto began = steady_clock::now();
            statuses[index] = clients[index].post("/api/appointments", bookings[index]).status;
            took[index] = steady_clock::now() - began;
        });
        Outcome outcome;
        for (const auto status : statuses)
            ++outcome.statuses[status];
        outcome.slowest = *std::max_element(took.begin(), took.end());
        return outcome;
    }

    /// Doctor 4's appointments of a local day.
    std::int64_t countOn(base::Date day) {
        return clinic_.database.number(
            fmt::format("SELECT COUNT(*) FROM appointments WHERE doctor_id = 4 AND "
                        "(start_time AT TIME ZONE 'UTC' AT TIME ZONE 'America/New_York')::date = '{}'",
                        base::formatDate(day)));
    }

    Clinic clinic_;
};

TEST_F(RacesTest, GiveOneOfAHundredTheSlotTwentyTimes) {
    steady_clock::duration slowest{0};
    for (int round = 0; round < 20; ++round) {
        const auto day = base::addDays(comingDay(std::chrono::Monday), round % 4);
        const auto start = at(day, fmt::format("{:02}:00", 9 + round / 4));
        const auto outcome = race(std::vector(100, booking(2, start)));
        EXPECT_EQ(outcome.statuses, (std::map<int, int>{{201, 1}, {409, 99}})) << "round " << round;
        EXPECT_LT(outcome.slowest, promised(2s)) << "round " << round;
        slowest = std::max(slowest, outcome.slowest);
    }
    EXPECT_EQ(clinic_.database.number("SELECT COUNT(*) FROM appointments"), 20);
    RecordProperty("slowest_ms", static_cast<int>(slowest / 1ms));
}

TEST_F(RacesTest, GiveOverlappingStartsToOne) {
    const auto tuesday = comingDay(std::chrono::Tuesday);
    const std::vector<nlohmann::json> kinds{booking(3, at(tuesday, "09:00"), 60), booking(3, at(tuesday, "09:15"), 30),
                                            booking(3, at(tuesday, "09:30"), 15)};
    for (int round = 0; round < 20; ++round) {
        std::vector<nlohmann::json> bookings;
        for (int i = 0; i < 100; ++i)
            bookings.push_back(kinds[static_cast<std::size_t>(i) % kinds.size()]);
        const auto outcome = race(bookings);
        // All three overlap one another: 9:15 for 30 minutes reaches into 9:30.
        EXPECT_EQ(outcome.statuses, (std::map<int, int>{{201, 1}, {409, 99}})) << "round " << round;
        EXPECT_EQ(clinic_.overlaps(), 0);
        EXPECT_LT(outcome.slowest, promised(2s));
        clinic_.database.execute("UPDATE appointments SET status = 'cancelled', cancelled_at = start_time");
    }
}

TEST_F(RacesTest, LetNoBookingIntoATimeOffOfThisSecond) {
    int madeInAll = 0, refusedInAll = 0;
    for (int round = 0; round < 8 || ((madeInAll == 0 || refusedInAll == 0) && round < 24); ++round) {
        const auto day = base::addDays(comingDay(std::chrono::Monday, 1 + round / 4), round % 4);
        std::vector<HttpClient> clients;
        for (int i = 0; i < 50; ++i)
            clients.push_back(clinic_.connect());
        std::int64_t before = -1;
        std::atomic<int> made = 0, refused = 0, answered = 0;
        // The last one is the clinic: it blocks the day while the others are booking it, at first at once, then when
        // more and more of the forty times are taken.
        simultaneously(51, [&](int i) {
            if (i < 50) {
                const auto start = at(day, fmt::format("{:02}:{:02}", 8 + i % 40 / 4, i % 4 * 15));
                const auto status =
                    clients[static_cast<std::size_t>(i)].post("/api/appointments", booking(4, start, 15)).status;
                if (status == 201) ++made;
                if (status == 400) ++refused;
                ++answered;
                return;
            }
            while (made < 4 * (round % 8) && answered < 50)
                std::this_thread::sleep_for(1ms);
            clinic_.database.execute("BEGIN; UPDATE doctors SET calendar_version = calendar_version + 1 WHERE id = 4");
            before = countOn(day);
            clinic_.database.execute(fmt::format(
                "INSERT INTO doctor_time_off (doctor_id, start_date, end_date) VALUES (4, '{0}', '{0}'); COMMIT",
                base::formatDate(day)));
        });
        EXPECT_EQ(countOn(day), before) << "round " << round;
        EXPECT_EQ(made, before) << "round " << round;
        EXPECT_EQ(clinic_.overlaps(), 0);
        madeInAll += made;
        refusedInAll += refused;
    }
    EXPECT_GT(madeInAll, 0) << "no booking came before its time off";
    EXPECT_GT(refusedInAll, 0) << "no booking came behind its time off";
}

/// Rules that no constraint of the database knows: only the doctor's policy does.
class PolicyRacesTest : public RacesTest {
protected:
    PolicyRacesTest()
        : RacesTest({"availability.doctor.2.plugin = capacity", "availability.doctor.2.config.new_patients = 1",
                     "availability.doctor.3.plugin = buffered", "availability.doctor.3.config.before = 10",
                     "availability.doctor.3.config.after = 10"}) {}
};

TEST_F(PolicyRacesTest, GiveOneOfAHundredTheLastPlaceOfANewPatient) {
    for (int round = 0; round < 20; ++round) {
        const auto day = base::addDays(comingDay(std::chrono::Monday, 1 + round / 4), round % 4);
        std::vector<nlohmann::json> bookings;
        for (int i = 0; i < 100; ++i)
            bookings.push_back(booking(2, at(day, fmt::format("{:02}:00", 9 + i % 3)), 60, "new-patient"));
        EXPECT_EQ(race(bookings).statuses, (std::map<int, int>{{201, 1}, {409, 99}})) << "round " << round;
    }
    EXPECT_EQ(clinic_.database.number("SELECT COUNT(*) FROM appointments WHERE type = 'new-patient'"), 20);
}

TEST_F(PolicyRacesTest, GiveNeighboursWithoutTheirGapToOne) {
    const auto tuesday = comingDay(std::chrono::Tuesday);
    for (int round = 0; round < 20; ++round) {
        std::vector<nlohmann::json> bookings;
        for (int i = 0; i < 100; ++i)
            bookings.push_back(booking(3, at(tuesday, i % 2 == 0 ? "09:00" : "09:20"), 15, "follow-up"));
        // They do not overlap: five minutes lie between them, and twenty are wanted.
        EXPECT_EQ(race(bookings).statuses, (std::map<int, int>{{201, 1}, {409, 99}})) << "round " << round;
        clinic_.database.execute("UPDATE appointments SET status = 'cancelled', cancelled_at = start_time");
    }
}

} // namespace
} // namespace rota::testing
