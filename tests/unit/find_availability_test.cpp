#include "app/book_appointment.hpp"
#include "app/find_availability.hpp"
#include "unit/clinic_in_memory.hpp"

namespace rota::app {
namespace {

using namespace std::chrono_literals;

class FindAvailabilityTest : public testing::ClinicInMemory {
protected:
    std::optional<std::vector<base::Interval>> find(base::Date date, base::Minutes duration = 30min) {
        return FindAvailability{doctors_, policies_, clock_, clinic_}(doctor_, date, duration,
                                                                      domain::VisitType::Standard);
    }
    std::vector<base::Instant> starts(base::Minutes duration) {
        std::vector<base::Instant> begins;
        const auto slots = find(kTuesday, duration);
        for (const auto& slot : slots.value())
            begins.push_back(slot.begin);
        return begins;
    }
};

TEST_F(FindAvailabilityTest, OffersTheGridOfTheHours) {
    EXPECT_EQ(starts(30min), (std::vector{at(9), at(9, 30), at(10), at(10, 30), at(11), at(11, 30)}));
    EXPECT_EQ(starts(60min), (std::vector{at(9), at(9, 30), at(10), at(10, 30), at(11)}))
        << "11:30 would last too long";
    EXPECT_EQ(starts(15min).size(), 12u);
}

TEST_F(FindAvailabilityTest, LeavesOutWhatIsBooked) {
    ASSERT_TRUE((BookAppointment{appointments_, policies_, queue_, clock_, clinic_}(wanted(at(9, 30), 30))));
    EXPECT_EQ(starts(30min), (std::vector{at(9), at(10), at(10, 30), at(11), at(11, 30)}));
    EXPECT_EQ(starts(60min), (std::vector{at(10), at(10, 30), at(11)}));
}

TEST_F(FindAvailabilityTest, ClosedDaysHaveNone) {
    EXPECT_EQ(find(base::addDays(kTuesday, 1)), std::vector<base::Interval>{});
    database_.addTimeOff(doctor_, kTuesday, kTuesday);
    EXPECT_EQ(find(kTuesday), std::vector<base::Interval>{});
}

TEST_F(FindAvailabilityTest, OffersOnlyWhatCanBeBookedNow) {
    EXPECT_EQ(find(base::addDays(kTuesday, -14)), std::vector<base::Interval>{}) << "a day past";
    EXPECT_EQ(find(base::addDays(kTuesday, 12 * 7)), std::vector<base::Interval>{}) << "91 days ahead";
    EXPECT_EQ(find(base::addDays(kTuesday, 11 * 7))->size(), 6u);
    clock_.set(at(8, 30));
    EXPECT_EQ(starts(30min), (std::vector{at(10, 30), at(11), at(11, 30)}));
    clock_.advance(1ms);
    EXPECT_EQ(starts(30min), (std::vector{at(11), at(11, 30)}));
}

TEST_F(FindAvailabilityTest, UnknownDoctorIsNone) {
    doctor_ = {999};
    EXPECT_FALSE(find(kTuesday));
}

} // namespace
} // namespace rota::app
