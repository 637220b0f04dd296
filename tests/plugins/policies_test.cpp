#include "doctors_day.hpp"
#include "support.hpp"

#include <gmock/gmock.h>

namespace rota::testing {
namespace {

using base::Minutes;
using domain::BusySpan;
using domain::VisitType;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// One policy, configured as a test wants it.
class PolicyTest : public ::testing::Test {
protected:
    void use(const std::string& plugin, plugin_host::PluginConfig config) {
        auto wanted = settings();
        wanted.availability = {plugin, std::move(config)};
        host_ = loaded(wanted, clock_);
    }
    std::vector<base::Interval> slots(const domain::AvailabilityQuery& query) const {
        return host_->forDoctor(base::DoctorId{1})->slots(query);
    }
    bool admits(const domain::AvailabilityQuery& query, base::Instant start) const {
        return host_->forDoctor(base::DoctorId{1})->admits(query, start);
    }
    /// Starts as hours and minutes: 930 is half past nine.
    std::vector<int> starts(const domain::AvailabilityQuery& query) const {
        std::vector<int> clock;
        for (const auto& slot : slots(query)) {
            const auto minutes = base::Zone(query.zone).toLocal(slot.begin).minutes().count();
            clock.push_back(static_cast<int>(minutes / 60 * 100 + minutes % 60));
        }
        return clock;
    }

    FixedClock clock_;
    std::unique_ptr<plugin_host::PluginHost> host_;
    DoctorsDay day_;
};

// ---- buffered ------------------------------------------------------------------------------------------------------

class BufferedPolicy : public PolicyTest {};

TEST_F(BufferedPolicy, WithoutGapsOffersWhatIsFree) {
    use("buffered", {});
    EXPECT_THAT(starts(day_.query(VisitType::Standard, Minutes{30}, {day_.hours(9, 11)},
                                  {{{day_.at(9, 30), day_.at(10)}, VisitType::Standard}})),
                ElementsAre(900, 1000, 1030));
}

TEST_F(BufferedPolicy, LeavesTheGapsOfBothNeighbours) {
    use("buffered", {{"before", "5"}, {"after", "10"}, {"new_patient_after", "30"}});
    const std::vector<BusySpan> busy{{{day_.at(10), day_.at(10, 30)}, VisitType::NewPatient}};
    const auto query = day_.query(VisitType::Standard, Minutes{30}, {day_.hours(9, 12)}, busy);
    EXPECT_TRUE(admits(query, day_.at(9, 15))) << "10 minutes after it and 5 before the new patient";
    EXPECT_FALSE(admits(query, day_.at(9, 16)));
    EXPECT_TRUE(admits(query, day_.at(11, 5))) << "30 minutes after the new patient and 5 before it";
    EXPECT_FALSE(admits(query, day_.at(11, 4)));
    EXPECT_THAT(starts(query), ElementsAre(900, 1130));
}

TEST_F(BufferedPolicy, AGapMayLieOutsideTheHours) {
    use("buffered", {{"before", "15"}, {"after", "15"}});
    EXPECT_THAT(starts(day_.query(VisitType::FollowUp, Minutes{60}, {day_.hours(9, 10)})), ElementsAre(900));
}

TEST_F(BufferedPolicy, TheLunchMovesAsLongAsItFits) {
    use("buffered", {{"lunch", "60"}, {"lunch_from", "11:30"}, {"lunch_until", "13:30"}});
    const std::vector<base::Interval> open{day_.hours(11, 14)};
    EXPECT_THAT(starts(day_.query(VisitType::Standard, Minutes{30}, open)),
                ElementsAre(1100, 1130, 1200, 1230, 1300, 1330))
        << "any single one leaves an hour";
    const std::vector<BusySpan> noon{{{day_.at(12), day_.at(12, 30)}, VisitType::Standard}};
    EXPECT_THAT(starts(day_.query(VisitType::Standard, Minutes{30}, open, noon)), ElementsAre(1100, 1130, 1330))
        << "the hour from half past twelve is the last that is left";
}

TEST_F(BufferedPolicy, ALunchThatIsGoneIsNotMissedTwice) {
    use("buffered", {{"lunch", "60"}, {"lunch_from", "12:00"}, {"lunch_until", "13:00"}});
    const std::vector<BusySpan> noon{{{day_.at(12), day_.at(12, 30)}, VisitType::Standard}};
    EXPECT_THAT(starts(day_.query(VisitType::Standard, Minutes{30}, {day_.hours(12, 13)}, noon)), ElementsAre(1230));
}

TEST_F(BufferedPolicy, TheLunchIsByTheClinicsClockWhenClocksChange) {
    use("buffered", {{"lunch", "60"}, {"lunch_from", "12:00"}, {"lunch_until", "13:00"}});
    using namespace std::chrono;
    for (const auto date : {year{2026} / March / 8, year{2026} / November / 1}) {
        const DoctorsDay day(date);
        EXPECT_THAT(starts(day.query(VisitType::Standard, Minutes{30}, {day.hours(11, 14)})),
                    ElementsAre(1100, 1130, 1300, 1330));
    }
}

TEST_F(BufferedPolicy, RefusesALunchThatDoesNotFit) {
    auto wanted = settings();
    wanted.availability = {"buffered", {{"lunch", "90"}, {"lunch_from", "12:00"}, {"lunch_until", "13:00"}}};
    EXPECT_EQ(theProblem(wanted).subject, "availability.default.config.lunch_until");
}

// ---- capacity ------------------------------------------------------------------------------------------------------

class CapacityPolicy : public PolicyTest {};

TEST_F(CapacityPolicy, TakesSoManyNewPatientsADay) {
    use("capacity", {{"new_patients", "2"}});
    const BusySpan first{{day_.at(9), day_.at(10)}, VisitType::NewPatient};
    const BusySpan second{{day_.at(10), day_.at(11)}, VisitType::NewPatient};
    const BusySpan yesterday{{day_.window().begin - Minutes{60}, day_.window().begin}, VisitType::NewPatient};
    const auto query = [&](VisitType type, std::vector<BusySpan> busy) {
        return day_.query(type, Minutes{60}, {day_.hours(9, 13)}, std::move(busy));
    };
    EXPECT_THAT(starts(query(VisitType::NewPatient, {first, yesterday})), ElementsAre(1000, 1030, 1100, 1130, 1200));
    EXPECT_THAT(starts(query(VisitType::NewPatient, {second, first})), IsEmpty());
    EXPECT_FALSE(admits(query(VisitType::NewPatient, {first, second}), day_.at(11)));
    EXPECT_THAT(starts(query(VisitType::Standard, {first, second})), ElementsAre(1100, 1130, 1200))
        << "others are not counted";
}

TEST_F(CapacityPolicy, HoldsPlacesBackUntilTheMorning) {
    use("capacity", {{"held_back", "2"}, {"released_at", "07:00"}});
    const std::vector<BusySpan> busy{{{day_.at(9), day_.at(10)}, VisitType::Standard}};
    auto query = day_.query(VisitType::Standard, Minutes{30}, {day_.hours(9, 12)}, busy);
    query.now = day_.at(6, 59);
    EXPECT_THAT(starts(query), ElementsAre(1000, 1030, 1100, 1130)) << "three places are left beside any of them";
    query.busy.push_back({{day_.at(10), day_.at(10, 30)}, VisitType::Standard});
    EXPECT_THAT(starts(query), ElementsAre(1030, 1100, 1130)) << "two are left beside it";
    query.busy.push_back({{day_.at(10, 30), day_.at(11)}, VisitType::Standard});
    EXPECT_THAT(starts(query), IsEmpty()) << "the last two are held back";
    query.now = day_.at(7);
    EXPECT_THAT(starts(query), ElementsAre(1100, 1130)) << "and given out in the morning";
}

TEST_F(CapacityPolicy, HalfAPlaceIsNone) {
    use("capacity", {{"held_back", "1"}});
    auto query = day_.query(VisitType::Standard, Minutes{30}, {day_.hours(9, 10)});
    query.now = day_.at(0);
    EXPECT_TRUE(admits(query, day_.at(9)));
    EXPECT_FALSE(admits(query, day_.at(9, 15))) << "two quarters are left, and no half hour";
}

// ---- each doctor its own -------------------------------------------------------------------------------------------

TEST_F(PolicyTest, EachDoctorMayHaveAPolicyOfItsOwn) {
    auto wanted = settings();
    wanted.availabilityByDoctor[base::DoctorId{3}] = {"capacity", {{"new_patients", "0"}}};
    wanted.availabilityByDoctor[base::DoctorId{4}] = {"capacity", {{"new_patients", "1"}}};
    host_ = loaded(wanted, clock_);
    const auto query = day_.query(VisitType::NewPatient, Minutes{60}, {day_.hours(9, 10)});
    EXPECT_THAT(host_->forDoctor(base::DoctorId{3})->slots(query), IsEmpty());
    EXPECT_EQ(host_->forDoctor(base::DoctorId{4})->slots(query).size(), 1U);
    EXPECT_EQ(host_->forDoctor(base::DoctorId{5})->slots(query).size(), 1U);
}

} // namespace
} // namespace rota::testing
