#include "app/channel_circuit.hpp"
#include "support/example_times.hpp"

#include <gtest/gtest.h>

namespace rota::app {
namespace {

using namespace std::chrono_literals;
using rota::testing::kNow;

TEST(ChannelCircuitTest, WhatWorksIsNotLeftAlone) {
    ChannelCircuit circuit;
    EXPECT_EQ(circuit.leftAlone("main", kNow), 0s);
    circuit.worked("main");
    EXPECT_EQ(circuit.leftAlone("main", kNow), 0s);
    EXPECT_FALSE(circuit.broken().at("main"));
}

TEST(ChannelCircuitTest, WhatIsBrokenIsTriedByOneMessageAtATime) {
    ChannelCircuit circuit;
    circuit.broke("main", kNow, "AUTH");
    EXPECT_TRUE(circuit.broken().at("main"));
    EXPECT_EQ(circuit.leftAlone("main", kNow), 15s);
    EXPECT_EQ(circuit.leftAlone("other", kNow), 0s);
    EXPECT_EQ(circuit.leftAlone("main", kNow + 15s), 0s);
    EXPECT_EQ(circuit.leftAlone("main", kNow + 15s), 10s) << "the others wait for that one";
    circuit.worked("main");
    EXPECT_EQ(circuit.leftAlone("main", kNow + 15s), 0s);
}

TEST(ChannelCircuitTest, TheLongerItIsBrokenTheSeldomerItIsTried) {
    ChannelCircuit circuit;
    auto now = kNow;
    std::vector<base::Milliseconds> pauses;
    for (int i = 0; i < 7; ++i) {
        circuit.broke("main", now, "AUTH");
        const auto pause = circuit.leftAlone("main", now);
        pauses.push_back(pause);
        now += pause;
        EXPECT_EQ(circuit.leftAlone("main", now), 0s);
    }
    EXPECT_EQ(pauses, (std::vector<base::Milliseconds>{15s, 30s, 60s, 120s, 240s, 300s, 300s}));
}

TEST(ChannelCircuitTest, MessagesThatWereUnderWayTogetherCountOnce) {
    ChannelCircuit circuit;
    for (int i = 0; i < 16; ++i)
        circuit.broke("main", kNow + i * 10ms, "AUTH");
    EXPECT_LE(circuit.leftAlone("main", kNow + 200ms), 15s);
}

TEST(ChannelCircuitTest, WhatIsMadeAnewIsTriedAtOnceAndWhatIsGoneIsNotNamed) {
    ChannelCircuit circuit;
    circuit.broke("main", kNow, "AUTH");
    circuit.forget();
    EXPECT_TRUE(circuit.broken().empty());
    EXPECT_EQ(circuit.leftAlone("main", kNow), 0s);
    circuit.broke("main", kNow, "AUTH");
    EXPECT_EQ(circuit.leftAlone("main", kNow), 15s) << "as if for the first time";
}

TEST(ChannelCircuitTest, AClockThatIsSetBackShutsItNoLongerThanMeant) {
    ChannelCircuit circuit;
    circuit.broke("main", kNow, "AUTH");
    EXPECT_LE(circuit.leftAlone("main", kNow - 1h), 5min);
}

} // namespace
} // namespace rota::app
