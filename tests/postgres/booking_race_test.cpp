#include "app/book_appointment.hpp"
#include "postgres_stores.hpp"
#include "support/example_times.hpp"
#include "support/in_memory_job_queue.hpp"
#include "support/manual_clock.hpp"
#include "support/promised.hpp"
#include "support/standard_policy.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <functional>
#include <thread>

namespace rota::testing {
namespace {

using std::chrono::hours;
using std::chrono::steady_clock;

const postgres::Statement kHoldDoctor{"race_lock_doctor", "SELECT 1 FROM doctors WHERE id = $1 FOR NO KEY UPDATE"};
const postgres::Statement kCountBetween{"race_count", R"sql(
SELECT COUNT(*) FROM appointments WHERE doctor_id = $1 AND status <> 'cancelled' AND start_time >= $2
   AND start_time < $3)sql"};
const postgres::Statement kEnterTimeOff{"race_enter_time_off", R"sql(
WITH raised AS (UPDATE doctors SET calendar_version = calendar_version + 1 WHERE id = $1 RETURNING id)
INSERT INTO doctor_time_off (doctor_id, start_date, end_date, reason) SELECT id, $2, $2, 'ill' FROM raised)sql"};

/// Many patients at once, through the use case and on the real database.
class BookingRaceTest : public ::testing::Test {
protected:
    BookingRaceTest() {
        domain::Doctor doctor;
        doctor.name = "Dr. Ada Quill";
        doctor.specialty = "Cardiology";
        doctor_ = stores_.addDoctor(doctor);
        for (unsigned day = 0; day < 7; ++day)
            stores_.setHours(doctor_, day, {{hours{8}, hours{18}}});
        domain::Patient patient;
        patient.name = "Kim";
        patient.email = "kim@example.org";
        patient.phone = "555-010-0100";
        patient.dateOfBirth = kTuesday;
        patient_ = stores_.patients().findOrCreate(patient, clock_.now()).patient.id;
    }

    base::Instant at(base::Date date, int hour, int minute) const {
        return clinic_.zone.day(date).begin + hours{hour} + base::Minutes{minute};
    }

    struct Outcome {
        int made = 0;
        int taken = 0;
        int closed = 0;
        int other = 0;
        base::Milliseconds slowest{0};
    };

    /// Books all at the same moment, each in a thread of its own.
    Outcome bookAll(const std::vector<std::pair<base::Instant, int>>& wanted,
                    const std::function<void(int)>& afterEach = {}) {
        std::atomic<int> made{0}, taken{0}, closed{0}, other{0};
        std::atomic<long long> slowest{0};
        std::barrier start(static_cast<std::ptrdiff_t>(wanted.size()));
        std::vector<std::thread> threads;
        for (const auto& [begin, minutes] : wanted)
            threads.emplace_back([&, begin = begin, minutes = minutes] {
                start.arrive_and_wait();
                const auto before = steady_clock::now();
                try {
                    const auto result =
                        book_({doctor_, patient_, begin, base::Minutes{minutes}, domain::VisitType::Standard});
                    if (result)
                        ++made;
                    else if (std::holds_alternative<domain::SlotTaken>(result.error()))
                        ++taken;
                    else if (std::holds_alternative<domain::ClosedDate>(result.error()))
                        ++closed;
                    else
                        ++other;
                } catch (const std::exception& error) {
                    ADD_FAILURE() << error.what();
                    ++other;
                }
                const auto took = std::chrono::duration_cast<base::Milliseconds>(steady_clock::now() - before).count();
                for (long long seen = slowest; seen < took && !slowest.compare_exchange_weak(seen, took);) {
                }
                if (afterEach) afterEach(made + taken + closed);
            });
        for (std::thread& thread : threads)
            thread.join();
        return {made, taken, closed, other, base::Milliseconds{slowest}};
    }

    std::int64_t overlappingPairs() {
        return stores_.database.number(R"sql(
            SELECT COUNT(*) FROM appointments a JOIN appointments b ON a.doctor_id = b.doctor_id AND a.id < b.id
             WHERE a.status <> 'cancelled' AND b.status <> 'cancelled'
               AND (a.start_time, a.duration * INTERVAL '1 minute') OVERLAPS
                   (b.start_time, b.duration * INTERVAL '1 minute'))sql");
    }

    std::int64_t countOn(base::Date date) {
        const base::Interval day = clinic_.zone.day(date);
        return stores_.pool.borrow()->run(kCountBetween, {doctor_, day.begin, day.end}).integer(0, 0);
    }

    /// Enters a time off as every change of a calendar is made. Returns how many appointments the day had then.
    std::int64_t enterTimeOff(base::Date date) {
        const base::Interval day = clinic_.zone.day(date);
        const postgres::Lease connection = stores_.pool.borrow();
        postgres::Transaction transaction(*connection);
        connection->run(kHoldDoctor, {doctor_});
        const std::int64_t standing = connection->run(kCountBetween, {doctor_, day.begin, day.end}).integer(0, 0);
        connection->run(kEnterTimeOff, {doctor_, date});
        transaction.commit();
        return standing;
    }

    PostgresStores stores_{10}; // as the server has them
    InMemoryJobQueue queue_;
    OnePolicy policies_;
    ManualClock clock_{base::Zone{"America/New_York"}.day(kTuesday).begin - hours{7 * 24}};
    app::Clinic clinic_;
    app::BookAppointment book_{stores_.appointments(), policies_, queue_, clock_, clinic_};
    base::DoctorId doctor_;
    base::PatientId patient_;
};

TEST_F(BookingRaceTest, OfAHundredForOneSlotOneIsMade) {
    base::Milliseconds slowest{0};
    for (int round = 0; round < 20; ++round) {
        const base::Date date = base::addDays(kTuesday, round);
        const Outcome outcome = bookAll(std::vector(100, std::pair{at(date, 9, 0), 30}));
        EXPECT_EQ(outcome.made, 1) << "round " << round;
        EXPECT_EQ(outcome.taken, 99) << "round " << round;
        EXPECT_LT(outcome.slowest, promised(base::Milliseconds{2000}));
        slowest = std::max(slowest, outcome.slowest);
    }
    RecordProperty("slowest_ms", static_cast<int>(slowest.count()));
    EXPECT_EQ(stores_.database.number("SELECT COUNT(*) FROM appointments"), 20);
    EXPECT_EQ(stores_.database.number("SELECT COUNT(*) FROM jobs"), 60) << "each with its jobs, nobody else's left";
    EXPECT_EQ(queue_.due().size(), 60u);
}

TEST_F(BookingRaceTest, OverlappingStartsAreOneSlotToo) {
    for (int round = 0; round < 20; ++round) {
        const base::Date date = base::addDays(kTuesday, round);
        const std::vector<std::pair<base::Instant, int>> kinds{
            {at(date, 9, 0), 60}, {at(date, 9, 15), 30}, {at(date, 9, 30), 15}};
        std::vector<std::pair<base::Instant, int>> wanted;
        for (std::size_t i = 0; i < 99; ++i)
            wanted.push_back(kinds[i % kinds.size()]);
        const Outcome outcome = bookAll(wanted);
        EXPECT_EQ(outcome.made, 1) << "round " << round;
        EXPECT_EQ(outcome.taken, 98) << "round " << round;
        EXPECT_LT(outcome.slowest, promised(base::Milliseconds{2000}));
    }
    EXPECT_EQ(overlappingPairs(), 0);
}

TEST_F(BookingRaceTest, DifferentSlotsOfOneDoctorAreAllMade) {
    std::vector<std::pair<base::Instant, int>> wanted;
    for (int i = 0; i < 40; ++i)
        wanted.emplace_back(at(kTuesday, 8, 15 * i), 15);
    const Outcome outcome = bookAll(wanted);
    EXPECT_EQ(outcome.made, 40) << "a stale calendar is no reason to refuse";
    EXPECT_EQ(overlappingPairs(), 0);
}

// Appointments made before the time off stay; none may be made after it. They are counted under the doctor's lock, in
// the transaction that enters it.
TEST_F(BookingRaceTest, NothingLandsInATimeOffThatIsBeingEntered) {
    int closedInAll = 0;
    for (int round = 0; round < 10; ++round) {
        const base::Date date = base::addDays(kTuesday, round);
        std::vector<std::pair<base::Instant, int>> wanted;
        for (int i = 0; i < 50; ++i)
            wanted.emplace_back(at(date, 8, i % 40 * 15), 15);
        std::atomic<bool> entered{false};
        std::int64_t before = -1;
        const Outcome outcome = bookAll(wanted, [&](int finished) {
            if (finished >= 5 && !entered.exchange(true)) before = enterTimeOff(date);
        });
        EXPECT_EQ(outcome.other, 0);
        EXPECT_EQ(outcome.made, before) << "one was committed after the time off, round " << round;
        EXPECT_EQ(countOn(date), before);
        closedInAll += outcome.closed;
    }
    EXPECT_GT(closedInAll, 0) << "every booking was over before the time off came: this tested nothing";
}

} // namespace
} // namespace rota::testing
