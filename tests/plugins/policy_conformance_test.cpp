#include "doctors_day.hpp"
#include "support.hpp"

#include <rapidcheck.h>

#include <algorithm>

namespace rota::testing {
namespace {

using base::Interval;
using base::Minutes;
using domain::BusySpan;
using domain::VisitType;

/// What holds for every policy: a new one, or another way to configure one, is added to this list.
const std::vector<plugin_host::PluginChoice> kPolicies{
    {"standard", {}},
    {"buffered", {}},
    {"buffered", {{"before", "5"}, {"after", "10"}, {"new_patient_after", "30"}}},
    {"buffered", {{"lunch", "45"}, {"after", "7"}}},
    {"buffered", {{"lunch", "120"}, {"lunch_from", "01:30"}, {"lunch_until", "04:30"}}},
    {"capacity", {}},
    {"capacity", {{"new_patients", "2"}}},
    {"capacity", {{"new_patients", "1"}, {"held_back", "4"}, {"released_at", "02:30"}}}};

class PolicyConformance : public ::testing::TestWithParam<plugin_host::PluginChoice> {
protected:
    PolicyConformance() {
        auto wanted = settings();
        wanted.availability = GetParam();
        host_ = loaded(wanted, clock_);
        policy_ = host_->forDoctor(base::DoctorId{1});
    }

    FixedClock clock_;
    std::unique_ptr<plugin_host::PluginHost> host_;
    std::shared_ptr<const app::AvailabilityPolicy> policy_;
};

struct AnyDay {
    domain::AvailabilityQuery query;
};

std::ostream& operator<<(std::ostream& out, const AnyDay& day) {
    const auto minutes = [&](base::Instant instant) { return (instant - day.query.window.begin).count() / 60000; };
    out << toString(day.query.type) << ", " << day.query.duration.count() << " min, now " << minutes(day.query.now)
        << ", open";
    for (const auto& open : day.query.open)
        out << ' ' << minutes(open.begin) << '-' << minutes(open.end);
    out << ", busy";
    for (const auto& busy : day.query.busy)
        out << ' ' << minutes(busy.span.begin) << '-' << minutes(busy.span.end);
    return out;
}

/// Open intervals are apart and sorted, as the contract promises; appointments lie anywhere, in any order. Two of the
/// days have a change of the clocks.
AnyDay makeDay() {
    using namespace std::chrono;
    const auto date = *rc::gen::element(year{2026} / March / 10, year{2026} / March / 8, year{2026} / November / 1);
    const DoctorsDay day(date);
    const auto types = rc::gen::element(VisitType::FollowUp, VisitType::Standard, VisitType::NewPatient);
    const auto window = day.window();
    const auto span = [&](int begin, int end) {
        return Interval{window.begin + Minutes{begin}, window.begin + Minutes{end}};
    };
    std::vector<Interval> open;
    int from = *rc::gen::inRange(0, 300);
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
        const auto interval = span(from, from + *rc::gen::inRange(1, 400));
        from = *rc::gen::inRange(1, 120) + static_cast<int>((interval.end - window.begin) / Minutes{1});
        if (interval.end <= window.end) open.push_back(interval);
    }
    std::vector<BusySpan> busy;
    for (int i = *rc::gen::inRange(0, 9); i > 0; --i) {
        const int begin = *rc::gen::inRange(-100, 1500);
        busy.push_back({span(begin, begin + *rc::gen::inRange(1, 90)), *types});
    }
    auto query = day.query(*types, Minutes{*rc::gen::element(15, 30, 60)}, open, busy);
    query.now = window.begin + Minutes{*rc::gen::inRange(-3000, 1440)};
    return {std::move(query)};
}

/// rapidcheck begins with small values, and in a day of some minutes nothing is offered.
rc::Gen<AnyDay> anyDay() {
    return rc::gen::resize(rc::kNominalSize, rc::gen::exec(&makeDay));
}

TEST_P(PolicyConformance, WhatIsOfferedIsAdmittedAndKeepsTheRules) {
    EXPECT_TRUE(rc::check([this] {
        const auto day = *anyDay();
        for (const auto& slot : policy_->slots(day.query)) {
            RC_ASSERT(policy_->admits(day.query, slot.begin));
            RC_ASSERT(slot.end - slot.begin == day.query.duration);
            RC_ASSERT(std::any_of(day.query.open.begin(), day.query.open.end(),
                                  [&](const auto& open) { return open.contains(slot); }));
            RC_ASSERT(std::none_of(day.query.busy.begin(), day.query.busy.end(),
                                   [&](const auto& busy) { return busy.span.overlaps(slot); }));
        }
    }));
}

/// The host drops slots that break the rules; here it must have had nothing to drop.
TEST_P(PolicyConformance, TheHostHasNothingToDrop) {
    const auto said =
        captured(STDERR_FILENO, [this] { EXPECT_TRUE(rc::check([this] { policy_->slots((*anyDay()).query); })); });
    EXPECT_EQ(said.find("cannot be booked"), std::string::npos) << said;
}

TEST_P(PolicyConformance, TheOrderOfAppointmentsDoesNotMatter) {
    EXPECT_TRUE(rc::check([this] {
        auto day = *anyDay();
        const auto before = policy_->slots(day.query);
        const auto order = *rc::gen::container<std::vector<int>>(day.query.busy.size(), rc::gen::arbitrary<int>());
        auto shuffled = day.query;
        for (std::size_t i = 0; i < order.size(); ++i)
            std::swap(shuffled.busy[i], shuffled.busy[static_cast<std::size_t>(order[i] & 0xFFFF) % order.size()]);
        RC_ASSERT(policy_->slots(shuffled) == before);
        RC_ASSERT(policy_->slots(day.query) == before);
    }));
}

TEST_P(PolicyConformance, ABookingTakesItsSlotAndBringsNone) {
    EXPECT_TRUE(rc::check([this] {
        auto day = *anyDay();
        const auto before = policy_->slots(day.query);
        RC_PRE(!before.empty());
        const auto taken = before[*rc::gen::inRange<std::size_t>(0, before.size())];
        day.query.busy.push_back({taken, day.query.type});
        RC_ASSERT(!policy_->admits(day.query, taken.begin));
        for (const auto& slot : policy_->slots(day.query))
            RC_ASSERT(std::find(before.begin(), before.end(), slot) != before.end());
    }));
}

INSTANTIATE_TEST_SUITE_P(Shipped, PolicyConformance, ::testing::ValuesIn(kPolicies),
                         [](const auto& tested) { return tested.param.plugin + "_" + std::to_string(tested.index); });

} // namespace
} // namespace rota::testing
