#include "support.hpp"

namespace rota::testing {
namespace {

using base::Interval;
using base::Minutes;

constexpr std::int64_t kDay = 1'773'100'800'000; // 2026-03-10T00:00Z

base::Instant at(int minutes) {
    return base::fromUnixMs(kDay) + Minutes{minutes};
}

Interval span(int begin, int end) {
    return {at(begin), at(end)};
}

std::shared_ptr<const app::AvailabilityPolicy> standard() {
    static const FixedClock clock;
    static const auto host = loaded(settings(), clock);
    return host->forDoctor(base::DoctorId{1});
}

domain::AvailabilityQuery query(Minutes duration, std::vector<Interval> open, std::vector<Interval> busy = {}) {
    domain::AvailabilityQuery query;
    query.now = at(0);
    query.zone = "America/New_York";
    query.doctor = base::DoctorId{1};
    query.duration = duration;
    query.window = span(0, 1440);
    query.open = std::move(open);
    for (const auto& taken : busy)
        query.busy.push_back({taken, domain::VisitType::Standard});
    return query;
}

/// Starts as minutes of the day.
std::vector<int> starts(const domain::AvailabilityQuery& query) {
    std::vector<int> minutes;
    for (const auto& slot : standard()->slots(query)) {
        EXPECT_EQ(slot.end - slot.begin, query.duration);
        minutes.push_back(static_cast<int>(std::chrono::duration_cast<Minutes>(slot.begin - at(0)).count()));
    }
    return minutes;
}

TEST(StandardPolicy, OffersEveryHalfHour) {
    EXPECT_EQ(starts(query(Minutes{30}, {span(540, 660)})), (std::vector{540, 570, 600, 630}));
    EXPECT_EQ(starts(query(Minutes{60}, {span(540, 660)})), (std::vector{540, 570, 600}));
    EXPECT_EQ(starts(query(Minutes{15}, {span(540, 600)})), (std::vector{540, 555, 570, 585}));
}

TEST(StandardPolicy, CountsFromEachIntervalsStart) {
    EXPECT_EQ(starts(query(Minutes{30}, {span(540, 605), span(790, 850)})), (std::vector{540, 570, 790, 820}));
    EXPECT_TRUE(starts(query(Minutes{60}, {span(540, 599)})).empty());
    EXPECT_TRUE(starts(query(Minutes{30}, {})).empty());
}

TEST(StandardPolicy, LeavesOutWhatOverlaps) {
    EXPECT_EQ(starts(query(Minutes{30}, {span(540, 660)}, {span(585, 600)})), (std::vector{540, 600, 630}));
    EXPECT_EQ(starts(query(Minutes{30}, {span(540, 660)}, {span(570, 600)})), (std::vector{540, 600, 630}))
        << "appointments that only touch do not overlap";
    EXPECT_TRUE(starts(query(Minutes{30}, {span(540, 660)}, {span(0, 1440)})).empty());
}

TEST(StandardPolicy, AdmitsStartsThatAreNotOnTheGrid) {
    const auto day = query(Minutes{30}, {span(540, 660)}, {span(600, 630)});
    EXPECT_TRUE(standard()->admits(day, at(555)));
    EXPECT_TRUE(standard()->admits(day, at(570)));
    EXPECT_FALSE(standard()->admits(day, at(571))) << "reaches into an appointment";
    EXPECT_FALSE(standard()->admits(day, at(539))) << "before the hours";
    EXPECT_FALSE(standard()->admits(day, at(631))) << "beyond the hours";
    EXPECT_TRUE(standard()->admits(day, at(630)));
}

TEST(StandardPolicy, DoesNotAdmitAcrossABreak) {
    const auto day = query(Minutes{60}, {span(540, 720), span(780, 1020)});
    EXPECT_FALSE(standard()->admits(day, at(700)));
    EXPECT_FALSE(standard()->admits(day, at(750)));
}

// ---- what the host makes of a policy that does not keep to it ------------------------------------------------------

class OddPolicy : public ::testing::Test {
protected:
    OddPolicy() {
        auto wanted = settings();
        wanted.availabilityByDoctor[base::DoctorId{3}] = {"throwing", {}};
        host_ = loaded(wanted, clock_);
    }
    FixedClock clock_;
    std::unique_ptr<plugin_host::PluginHost> host_;
};

TEST_F(OddPolicy, OnlySlotsThatKeepTheRulesReachAPatient) {
    const auto slots = host_->forDoctor(base::DoctorId{3})->slots(query(Minutes{30}, {span(540, 660)}));
    EXPECT_EQ(slots, (std::vector{span(540, 570), span(570, 600)}));
}

TEST_F(OddPolicy, ItsExceptionsAreAPolicyError) {
    const auto policy = host_->forDoctor(base::DoctorId{3});
    EXPECT_THROW(policy->slots(query(Minutes{30}, {})), app::PolicyError);
    EXPECT_THROW(policy->admits(query(Minutes{30}, {span(540, 660)}), at(540)), app::PolicyError);
}

TEST_F(OddPolicy, OtherDoctorsKeepTheDefault) {
    EXPECT_TRUE(host_->forDoctor(base::DoctorId{4})->slots(query(Minutes{30}, {})).empty());
}

} // namespace
} // namespace rota::testing
