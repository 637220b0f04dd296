#include "support.hpp"

#include <rapidcheck.h>

#include <algorithm>

namespace rota::testing {
namespace {

using app::WaitlistCandidate;

base::Interval hours(int begin, int end) {
    return {base::fromUnixMs(0) + std::chrono::hours{begin}, base::fromUnixMs(0) + std::chrono::hours{end}};
}

WaitlistCandidate candidate(std::int64_t id, int joined, base::Interval accepts = hours(0, 24)) {
    WaitlistCandidate made;
    made.id = base::WaitlistId{id};
    made.joined = base::fromUnixMs(joined);
    made.accepts = accepts;
    return made;
}

std::unique_ptr<plugin_host::PluginHost> hostWith(const std::string& strategy, plugin_host::PluginConfig config = {}) {
    static const FixedClock clock;
    auto wanted = settings();
    wanted.waitlist = {strategy, std::move(config)};
    return loaded(wanted, clock);
}

std::vector<std::int64_t> rankedBy(const plugin_host::PluginHost& host,
                                   const std::vector<WaitlistCandidate>& candidates) {
    app::FreedSlot slot;
    slot.now = base::fromUnixMs(0) + std::chrono::days{30};
    slot.span = hours(9, 10);
    std::vector<std::int64_t> ids;
    for (const auto& next : host.strategyFor(base::DoctorId{1})->rank(slot, candidates)) {
        EXPECT_FALSE(next.reason.empty());
        ids.push_back(next.id.value);
    }
    return ids;
}

std::vector<std::int64_t> ranked(const std::vector<WaitlistCandidate>& candidates) {
    static const auto host = hostWith("first_come");
    return rankedBy(*host, candidates);
}

TEST(FirstCome, AsksTheOldestFirst) {
    EXPECT_EQ(ranked({candidate(5, 300), candidate(9, 100), candidate(7, 200)}), (std::vector<std::int64_t>{9, 7, 5}));
    EXPECT_EQ(ranked({candidate(9, 100), candidate(5, 100)}), (std::vector<std::int64_t>{5, 9}));
    EXPECT_TRUE(ranked({}).empty());
}

// ---- priority ----------------------------------------------------------------------------------------------------

WaitlistCandidate urgent(std::int64_t id, int joined, int priority) {
    auto made = candidate(id, joined);
    made.priority = priority;
    return made;
}

TEST(Priority, AsksTheMostUrgentFirstAndAmongEqualsTheOldest) {
    const auto host = hostWith("priority");
    EXPECT_EQ(rankedBy(*host, {urgent(1, 100, 0), urgent(2, 400, 5), urgent(3, 300, 5), urgent(4, 50, -1)}),
              (std::vector<std::int64_t>{3, 2, 1, 4}));
}

// ---- best fit ----------------------------------------------------------------------------------------------------

WaitlistCandidate fit(std::int64_t id, int waitedDays, int cancelled, base::Interval accepts) {
    auto made = candidate(id, 0, accepts);
    made.joined = base::fromUnixMs(0) + std::chrono::days{30 - waitedDays};
    made.cancelledPromotions = cancelled;
    return made;
}

TEST(BestFit, PrefersKeptPromotionsNarrowWishesAndLongWaits) {
    const auto host = hostWith("best_fit");
    EXPECT_EQ(rankedBy(*host, {fit(1, 5, 1, hours(0, 24)), fit(2, 5, 0, hours(0, 24))}),
              (std::vector<std::int64_t>{2, 1}));
    EXPECT_EQ(rankedBy(*host, {fit(1, 5, 0, hours(0, 24)), fit(2, 5, 0, hours(0, 12))}),
              (std::vector<std::int64_t>{2, 1}));
    EXPECT_EQ(rankedBy(*host, {fit(1, 5, 0, hours(0, 24)), fit(2, 9, 0, hours(0, 24))}),
              (std::vector<std::int64_t>{2, 1}));
    EXPECT_EQ(rankedBy(*host, {fit(9, 5, 0, hours(0, 24)), fit(2, 5, 0, hours(0, 24))}),
              (std::vector<std::int64_t>{2, 9}));
}

TEST(BestFit, TheWeightsDecide) {
    const std::vector waiting{fit(1, 29, 3, hours(0, 24)), fit(2, 1, 0, hours(0, 24)), fit(3, 10, 1, hours(9, 10))};
    const auto only = [](const std::string& weight) {
        plugin_host::PluginConfig config{{"kept_weight", "0"}, {"narrow_weight", "0"}, {"wait_weight", "0"}};
        config[weight] = "1";
        return hostWith("best_fit", config);
    };
    EXPECT_EQ(rankedBy(*only("kept_weight"), waiting), (std::vector<std::int64_t>{2, 3, 1}));
    EXPECT_EQ(rankedBy(*only("narrow_weight"), waiting).front(), 3);
    EXPECT_EQ(rankedBy(*only("wait_weight"), waiting), (std::vector<std::int64_t>{1, 3, 2}));
}

// ---- what holds for every strategy: a new one is added to this list
// --------------------------------------------------

class StrategyConformance : public ::testing::TestWithParam<std::string> {
protected:
    std::unique_ptr<plugin_host::PluginHost> host_ = hostWith(GetParam());
};

TEST_P(StrategyConformance, PassesOverWhomTheSlotDoesNotSuit) {
    EXPECT_EQ(rankedBy(*host_,
                       {candidate(1, 1, hours(12, 24)), candidate(2, 2, hours(0, 12)), candidate(3, 3, hours(10, 10))}),
              (std::vector<std::int64_t>{2}));
    EXPECT_TRUE(rankedBy(*host_, {}).empty());
}

TEST_P(StrategyConformance, TheOrderOfTheInputDoesNotMatter) {
    EXPECT_TRUE(rc::check([this](std::vector<std::tuple<std::uint8_t, std::uint8_t, bool>> entries) {
        std::vector<WaitlistCandidate> candidates;
        for (const auto& [joined, cancelled, morning] : entries) {
            candidates.push_back(candidate(static_cast<std::int64_t>(candidates.size()) + 1, joined % 50,
                                           morning ? hours(0, 12) : hours(0, 24)));
            candidates.back().cancelledPromotions = cancelled % 3;
            candidates.back().priority = cancelled % 4;
        }
        const auto before = rankedBy(*host_, candidates);
        std::reverse(candidates.begin(), candidates.end());
        RC_ASSERT(rankedBy(*host_, candidates) == before);
        RC_ASSERT(before.size() == entries.size());
    }));
}

INSTANTIATE_TEST_SUITE_P(Shipped, StrategyConformance, ::testing::Values("first_come", "best_fit", "priority"));

// ---- what the host makes of one that does not keep to it
// -------------------------------------------------------------

TEST(WaitlistStrategy, ThatNamesSomebodyTwiceHasFailed) {
    const auto host = hostWith("throwing");
    const std::vector one{candidate(1, 1)};
    EXPECT_THROW(host->strategyFor({})->rank({}, one), app::PolicyError);
    EXPECT_THROW(host->strategyFor({})->rank({}, {}), app::PolicyError);
}

TEST(WaitlistStrategy, ThatIsNotConfiguredIsAPolicyError) {
    const FixedClock clock;
    EXPECT_THROW(loaded(settings(), clock)->strategyFor({}), app::PolicyError);
}

} // namespace
} // namespace rota::testing
