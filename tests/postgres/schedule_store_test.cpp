#include "app/book_appointment.hpp"
#include "app/change_schedule.hpp"
#include "postgres_stores.hpp"
#include "support/example_times.hpp"
#include "support/in_memory_job_queue.hpp"
#include "support/manual_clock.hpp"
#include "support/standard_policy.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>

namespace rota::testing {
namespace {

using namespace std::chrono_literals;
using app::Mode;
/// A doctor who works Tuesdays around the clock, and a patient.
class ScheduleStoreTest : public ::testing::Test {
protected:
    ScheduleStoreTest() {
        domain::Doctor details;
        details.name = "Dr. Ada Quill";
        details.specialty = "Cardiology";
        details.bio = "One, two.\n\"Three\".";
        details.yearsOfExperience = 12;
        doctor_ = stores_.schedules().addDoctor(details, clock_.now());
        EXPECT_TRUE(change_.setWeek(doctor_, {{2, {0h, 24h}}}, Mode::Change));
        stores_.database.execute("INSERT INTO patients (name, email, phone, date_of_birth, name_key) "
                                 "VALUES ('Ann', 'ann@example.com', '212-555-0101', '1980-01-01', 'ann')");
    }

    base::Instant at(base::Minutes time) const { return *clinic_.zone.toUtc({kTuesday, time}); }
    bool book(base::Minutes time) {
        app::BookAppointment book{stores_.appointments(), policies_, queue_, clock_, clinic_};
        return book({doctor_, {1}, at(time), 15min, domain::VisitType::Standard}).has_value();
    }

    PostgresStores stores_;
    app::Clinic clinic_;
    ManualClock clock_{*clinic_.zone.toUtc({base::addDays(kTuesday, -7), 8h})};
    InMemoryJobQueue queue_;
    OnePolicy policies_;
    app::ChangeSchedule change_{stores_.schedules(), clock_, clinic_};
    base::DoctorId doctor_;
};

/// 50 bookings and a change run at once. Whatever the order, the change knows every appointment that was made before
/// it, and none is made after it: what it names is all that lies outside in the end.
TEST_F(ScheduleStoreTest, BookingsAndChangesAreOneAfterTheOther) {
    const auto race = [&](const std::function<app::ChangeSchedule::Affected()>& change) {
        std::barrier start{51};
        std::atomic<int> made{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < 50; ++i)
            threads.emplace_back([&, i] {
                start.arrive_and_wait();
                if (book(base::Minutes{15 * i})) ++made;
            });
        start.arrive_and_wait();
        // In the midst of them: not before the first, and mostly before the last.
        while (made == 0)
            std::this_thread::yield();
        const auto affected = change();
        for (auto& thread : threads)
            thread.join();
        EXPECT_EQ(stores_.database.number("SELECT COUNT(*) FROM appointments"), made);
        EXPECT_EQ(static_cast<int>(affected.size()), made);
    };
    race([&] { return change_.addTimeOff(doctor_, {kTuesday, kTuesday}, "", Mode::Change)->affected; });
    stores_.database.execute("DELETE FROM doctor_time_off; DELETE FROM appointments");
    race([&] { return *change_.setWeek(doctor_, {}, Mode::Change); });
    EXPECT_TRUE(change_.setWeek(doctor_, {{2, {0h, 24h}}}, Mode::Change));
    stores_.database.execute("DELETE FROM appointments");
    domain::DoctorDetails gone;
    gone.active = false;
    race([&] { return change_.setDetails(doctor_, gone, Mode::Change)->affected; });
}

} // namespace
} // namespace rota::testing
