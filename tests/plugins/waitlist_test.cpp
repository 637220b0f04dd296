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

std::unique_ptr<plugin_host::PluginHost> hostWith(const std::string& strategy) {
    static const FixedClock clock;
    auto wanted = settings();
    wanted.waitlist = {strategy, {}};
    return loaded(wanted, clock);
}

std::vector<std::int64_t> ranked(const std::vector<WaitlistCandidate>& candidates) {
    static const auto host = hostWith("first_come");
    app::FreedSlot slot;
    slot.span = hours(9, 10);
    std::vector<std::int64_t> ids;
    for (const auto& next : host->strategyFor(base::DoctorId{1})->rank(slot, candidates)) {
        EXPECT_FALSE(next.reason.empty());
        ids.push_back(next.id.value);
    }
    return ids;
}

TEST(FirstCome, AsksTheOldestFirst) {
    EXPECT_EQ(ranked({candidate(5, 300), candidate(9, 100), candidate(7, 200)}), (std::vector<std::int64_t>{9, 7, 5}));
    EXPECT_EQ(ranked({candidate(9, 100), candidate(5, 100)}), (std::vector<std::int64_t>{5, 9}));
    EXPECT_TRUE(ranked({}).empty());
}

TEST(FirstCome, PassesOverWhomTheSlotDoesNotSuit) {
    EXPECT_EQ(ranked({candidate(1, 1, hours(12, 24)), candidate(2, 2, hours(0, 12)), candidate(3, 3, hours(9, 10))}),
              (std::vector<std::int64_t>{2, 3}));
}

TEST(FirstCome, TheOrderOfTheInputDoesNotMatter) {
    EXPECT_TRUE(rc::check([](std::vector<int> times) {
        std::vector<WaitlistCandidate> candidates;
        for (const int time : times)
            candidates.push_back(candidate(static_cast<std::int64_t>(candidates.size()) + 1, std::abs(time % 50)));
        const auto before = ranked(candidates);
        std::reverse(candidates.begin(), candidates.end());
        RC_ASSERT(ranked(candidates) == before);
        RC_ASSERT(before.size() == times.size());
    }));
}

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
