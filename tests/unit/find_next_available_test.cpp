#include "app/find_next_available.hpp"
#include "unit/clinic_in_memory.hpp"

namespace rota::app {
namespace {

using namespace std::chrono_literals;

class FindNextAvailableTest : public testing::ClinicInMemory {
protected:
    std::map<base::DoctorId, base::Instant> next(std::vector<base::DoctorId> doctors) {
        return FindNextAvailable{doctors_, policies_, clock_, clinic_}(doctors);
    }
    base::DoctorId idleDoctor() {
        domain::Doctor doctor;
        doctor.name = "Dr. Idle";
        return database_.addDoctor(doctor);
    }
};

TEST_F(FindNextAvailableTest, IsTheFirstTimeThatCanBeBooked) {
    clock_.set(at(8, 30));
    EXPECT_EQ(next({doctor_}).at(doctor_), at(10, 30)) << "two hours ahead";
    clock_.set(at(11));
    EXPECT_EQ(next({doctor_}).at(doctor_), at(9) + std::chrono::days{7}) << "the rest of the day is too soon";
}

TEST_F(FindNextAvailableTest, OneWindowServesMostDoctors) {
    clock_.set(at(8));
    next({doctor_});
    EXPECT_EQ(doctors_.calendarQueries(), 1);
}

TEST_F(FindNextAvailableTest, LooksToTheHorizonInThreeStatements) {
    const auto idle = idleDoctor();
    database_.addTimeOff(doctor_, base::addDays(kTuesday, -7), base::addDays(kTuesday, 70));
    const auto found = next({idle, doctor_});
    EXPECT_EQ(found.size(), 1u);
    EXPECT_EQ(found.at(doctor_), *clinic_.zone.toUtc({base::addDays(kTuesday, 77), 9h}));
    EXPECT_EQ(doctors_.calendarQueries(), 3);
}

TEST_F(FindNextAvailableTest, NothingWithinTheHorizonIsNone) {
    database_.addTimeOff(doctor_, base::addDays(kTuesday, -7), base::addDays(kTuesday, 700));
    EXPECT_TRUE(next({doctor_}).empty());
    EXPECT_TRUE(next({}).empty());
}

TEST_F(FindNextAvailableTest, AShortHorizonIsOneWindow) {
    clinic_.rules.maxAdvance = 48h;
    database_.addTimeOff(doctor_, base::addDays(kTuesday, -7), kTuesday);
    EXPECT_TRUE(next({doctor_}).empty());
    EXPECT_EQ(doctors_.calendarQueries(), 1);
}

} // namespace
} // namespace rota::app
