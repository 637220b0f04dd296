#include "support.hpp"

#include <rapidcheck.h>

#include <algorithm>

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

// ---- what holds for every policy: a new one is added to this list ---------------------------------------------------

struct AnyDay {
    domain::AvailabilityQuery query;
};

std::ostream& operator<<(std::ostream& out, const AnyDay& day) {
    out << day.query.duration.count() << " min, open";
    for (const auto& open : day.query.open)
        out << ' ' << (open.begin - at(0)).count() / 60000 << '-' << (open.end - at(0)).count() / 60000;
    out << ", busy";
    for (const auto& busy : day.query.busy)
        out << ' ' << (busy.span.begin - at(0)).count() / 60000 << '-' << (busy.span.end - at(0)).count() / 60000;
    return out;
}

/// Open intervals are apart and sorted, as the contract promises; appointments lie anywhere, in any order.
AnyDay makeDay() {
    const auto minutes = *rc::gen::element(15, 30, 60);
    std::vector<Interval> open;
    int from = *rc::gen::inRange(0, 300);
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
        const int to = from + *rc::gen::inRange(1, 400);
        open.push_back(span(from, to));
        from = to + *rc::gen::inRange(1, 120);
    }
    std::vector<Interval> busy;
    for (int i = *rc::gen::inRange(0, 9); i > 0; --i) {
        const int begin = *rc::gen::inRange(-100, 1500);
        busy.push_back(span(begin, begin + *rc::gen::inRange(1, 90)));
    }
    return {query(Minutes{minutes}, open, busy)};
}

/// rapidcheck begins with small values, and in a day of some minutes nothing is offered.
rc::Gen<AnyDay> anyDay() {
    return rc::gen::resize(rc::kNominalSize, rc::gen::exec(&makeDay));
}

TEST(PolicyConformance, WhatIsOfferedIsAdmittedAndKeepsTheRules) {
    EXPECT_TRUE(rc::check([] {
        const auto day = *anyDay();
        for (const auto& slot : standard()->slots(day.query)) {
            RC_ASSERT(standard()->admits(day.query, slot.begin));
            RC_ASSERT(std::any_of(day.query.open.begin(), day.query.open.end(),
                                  [&](const auto& open) { return open.contains(slot); }));
            RC_ASSERT(std::none_of(day.query.busy.begin(), day.query.busy.end(),
                                   [&](const auto& busy) { return busy.span.overlaps(slot); }));
        }
    }));
}

TEST(PolicyConformance, TheOrderOfAppointmentsDoesNotMatter) {
    EXPECT_TRUE(rc::check([] {
        auto day = *anyDay();
        const auto before = standard()->slots(day.query);
        const auto order = *rc::gen::container<std::vector<int>>(day.query.busy.size(), rc::gen::arbitrary<int>());
        auto shuffled = day.query;
        for (std::size_t i = 0; i < order.size(); ++i)
            std::swap(shuffled.busy[i], shuffled.busy[static_cast<std::size_t>(order[i] & 0xFFFF) % order.size()]);
        RC_ASSERT(standard()->slots(shuffled) == before);
        RC_ASSERT(standard()->slots(day.query) == before);
    }));
}

TEST(PolicyConformance, ABookingTakesItsSlotAndNoOtherThatDoesNotOverlap) {
    EXPECT_TRUE(rc::check([] {
        auto day = *anyDay();
        const auto before = standard()->slots(day.query);
        RC_PRE(!before.empty());
        const auto taken = before[*rc::gen::inRange<std::size_t>(0, before.size())];
        day.query.busy.push_back({taken, domain::VisitType::FollowUp});
        std::vector<Interval> expected;
        std::copy_if(before.begin(), before.end(), std::back_inserter(expected),
                     [&](const auto& slot) { return !slot.overlaps(taken); });
        RC_ASSERT(standard()->slots(day.query) == expected);
        RC_ASSERT(!standard()->admits(day.query, taken.begin));
    }));
}

// ---- what the host makes of a policy that does not keep to it
// ---------------------------------------------------------

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
