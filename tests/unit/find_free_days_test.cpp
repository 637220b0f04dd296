#include "app/book_appointment.hpp"
#include "app/find_availability.hpp"
#include "app/find_free_days.hpp"
#include "unit/clinic_in_memory.hpp"

namespace rota::app {
namespace {

using namespace std::chrono_literals;

class FindFreeDaysTest : public testing::ClinicInMemory {
protected:
    std::optional<std::vector<FreeDay>> find(base::Date first, int days, SlotsWanted wanted = {}) {
        return FindFreeDays{doctors_, policies_, clock_, clinic_}(doctor_, {first, base::addDays(first, days - 1)},
                                                                  wanted);
    }
};

TEST_F(FindFreeDaysTest, CountsWhatEachDayOffers) {
    ASSERT_TRUE((BookAppointment{appointments_, policies_, queue_, clock_, clinic_}(wanted(at(9, 30), 60))));
    const auto days = find(base::addDays(kTuesday, -1), 9);
    ASSERT_TRUE(days);
    ASSERT_EQ(days->size(), 9u);
    FindAvailability findAvailability{doctors_, policies_, clock_, clinic_};
    for (const auto& day : *days) {
        const auto slots = findAvailability(doctor_, day.date, 30min, domain::VisitType::Standard);
        EXPECT_EQ(day.free, static_cast<int>(slots->size())) << base::formatDate(day.date);
    }
    EXPECT_EQ((*days)[1], (FreeDay{kTuesday, 4}));
    EXPECT_EQ((*days)[8], (FreeDay{base::addDays(kTuesday, 7), 6}));
    EXPECT_EQ(find(kTuesday, 1, {60min, domain::VisitType::NewPatient})->front().free, 2);
}

TEST_F(FindFreeDaysTest, AsksTheDatabaseOnceForAllDays) {
    find(kTuesday, 62);
    EXPECT_EQ(doctors_.calendarQueries(), 1);
}

TEST_F(FindFreeDaysTest, DaysOffPastAndBeyondTheHorizonHaveNone) {
    database_.addTimeOff(doctor_, kTuesday, base::addDays(kTuesday, 7));
    EXPECT_EQ(find(kTuesday, 1)->front().free, 0);
    EXPECT_EQ(find(base::addDays(kTuesday, -14), 1)->front().free, 0);
    EXPECT_EQ(find(base::addDays(kTuesday, 12 * 7), 1)->front().free, 0);
}

TEST_F(FindFreeDaysTest, UnknownDoctorIsNone) {
    doctor_ = {999};
    EXPECT_FALSE(find(kTuesday, 3));
}

} // namespace
} // namespace rota::app
