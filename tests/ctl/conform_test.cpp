#include "rotactl.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>

namespace rota::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;

std::string fixture(const std::string& name) {
    return std::string(std::getenv("ROTA_SOURCE_DIR")) + "/tests/ctl/fixtures/" + name;
}

Outcome conform(const std::string& library, const std::string& fixtures,
                const std::map<std::string, std::string>& environment = {}, const std::string& only = "") {
    std::vector<std::string> words{"plugin", "conform", library, "--json", "--only", only};
    if (!fixtures.empty()) words.insert(words.end(), {"--fixtures", fixtures});
    return rotactl(words, environment);
}

/// "channel mutant: keeps its deadline", and why.
std::map<std::string, std::string> failures(const Outcome& outcome) {
    std::map<std::string, std::string> found;
    for (const auto& result : json::parse(outcome.out))
        if (result["result"] == "failed")
            found[result["plugin"].get<std::string>() + ": " + result["check"].get<std::string>()] = result["detail"];
    return found;
}

// ---- the plugins that ship
// --------------------------------------------------------------------------------------------

/// Each with what it is checked with: tests/ctl/conformance/<plugin>.json, where it needs anything.
TEST(Conform, EveryPluginThatShipsPasses) {
    int plugins = 0;
    for (const auto& entry : fs::directory_iterator(built("plugins"))) {
        if (entry.path().extension() != ".so") continue;
        const auto fixtures = fixture("../conformance/" + entry.path().stem().string() + ".json");
        const auto outcome = conform(entry.path(), fs::exists(fixtures) ? fixtures : "");
        EXPECT_EQ(outcome.status, 0) << entry.path() << ": " << outcome.err << outcome.out;
        ++plugins;
    }
    EXPECT_GE(plugins, 7);
}

// ---- a good plugin, and what is made wrong in it
// -----------------------------------------------------------------------

TEST(Conform, AGoodPluginPassesAndEveryCheckConcernsIt) {
    const auto outcome = conform(built("tests/ctl/mutant.so"), fixture("mutant.json"));
    EXPECT_EQ(outcome.status, 0) << outcome.err << outcome.out;
    for (const auto& result : json::parse(outcome.out))
        if (result["plugin"] == "channel mutant") {
            EXPECT_EQ(result["result"], "passed") << result;
        }
    EXPECT_THAT(outcome.out, HasSubstr("fixture: a message that is taken"));
}

struct Mutant {
    const char* fault;
    const char* check; ///< that finds it
};

std::ostream& operator<<(std::ostream& out, const Mutant& mutant) {
    return out << mutant.fault;
}

class ConformMutant : public ::testing::TestWithParam<Mutant> {};

TEST_P(ConformMutant, IsFound) {
    const std::string check(GetParam().check);
    const auto outcome = conform(built("tests/ctl/mutant.so"), fixture("mutant.json"),
                                 {{"MUTANT_FAULT", GetParam().fault}}, check.substr(check.find(": ") + 2));
    EXPECT_EQ(outcome.status, 1) << outcome.err << outcome.out;
    EXPECT_TRUE(failures(outcome).contains(check)) << outcome.out;
}

INSTANTIATE_TEST_SUITE_P(
    All, ConformMutant,
    ::testing::Values(
        Mutant{"slow to load", ": is loaded and described within 100 ms"},
        Mutant{"leaks", "channel mutant: is made and destroyed again and again without a leak"},
        Mutant{"names no key", "channel mutant: names the key of a wrong configuration"},
        Mutant{"takes anything", "channel mutant: refuses the configurations that the fixtures name"},
        Mutant{"sends too late", "channel mutant: sends nothing after the message's time"},
        Mutant{"swallows a cancellation", "channel mutant: sends nothing once a call is cancelled"},
        Mutant{"sends twice", "channel mutant: does not know the outcome after a reset, and sends nothing twice"},
        Mutant{"takes a reset for a failure",
               "channel mutant: does not know the outcome after a reset, and sends nothing twice"},
        Mutant{"misses the deadline", "channel mutant: keeps its deadline"},
        Mutant{"believes callbacks", "channel mutant: believes no unsigned callback"},
        Mutant{"tells a secret", "channel mutant: tells no secret, and nothing about a patient"},
        Mutant{"tells of a patient", "channel mutant: tells no secret, and nothing about a patient"},
        Mutant{"calls another host", "channel mutant: tells of a refused key"},
        Mutant{"crashes on garbage", "channel mutant: survives answers that nobody understands"},
        Mutant{"takes a limit for a refusal", "channel mutant: tells of the provider's limit, and of its wait"},
        Mutant{"forgets the wait", "channel mutant: tells of the provider's limit, and of its wait"},
        Mutant{"goes on with a refused key", "channel mutant: tells of a refused key"},
        Mutant{"ends texts with a zero", "channel mutant: reads and writes nothing behind the end of what it is given"},
        Mutant{"takes structs for longer",
               "channel mutant: reads and writes nothing behind the end of what it is given"},
        Mutant{"ends the zone with a zero",
               "availability mutant: reads and writes nothing behind the end of what it is given"},
        Mutant{"ends the doctor with a zero",
               "waitlist mutant: reads and writes nothing behind the end of what it is given"},
        Mutant{"is always well", "channel mutant: knows whether its provider is there"},
        Mutant{"knows of nothing after an error", "channel mutant: says of an earlier message only what it knows"},
        Mutant{"offers what is taken", "availability mutant: offers what lies within the hours and overlaps nothing"},
        Mutant{"minds the order", "availability mutant: does not mind the order of the appointments"},
        Mutant{"looks at the clock", "availability mutant: uses no clock, no secret and no network"},
        Mutant{"knows no clock change", "availability mutant: offers what lies within the hours and overlaps nothing"},
        Mutant{"admits less than it offers", "availability mutant: admits whatever it offers"},
        Mutant{"ranks by place", "waitlist mutant: does not mind the order of the candidates"},
        Mutant{"names somebody twice", "waitlist mutant: names each candidate at most once, and nobody else"}));

TEST(Conform, TakesNoWarmingUpForALeak) {
    const auto outcome = conform(built("tests/ctl/mutant.so"), fixture("mutant.json"),
                                 {{"MUTANT_FAULT", "keeps what its first instances made"}}, "without a leak");
    EXPECT_EQ(outcome.status, 0) << outcome.err << outcome.out;
}

TEST(Conform, RunsInItsOwnProcessForADebugger) {
    const std::vector<std::string> words{
        "plugin", "conform", built("tests/ctl/mutant.so"), "--fixtures", fixture("mutant.json"), "--here",
        "--only", "fixture"};
    EXPECT_EQ(rotactl(words).status, 0);
}

TEST(Conform, FindsWhatElseIsExported) {
    const auto outcome = conform(built("tests/ctl/exporting.so"), fixture("mutant.json"));
    EXPECT_EQ(outcome.status, 1);
    EXPECT_TRUE(failures(outcome).contains(": exports rota_plugin_entry and nothing else")) << outcome.out;
}

// ---- calling it
// --------------------------------------------------------------------------------------------------------

TEST(Conform, SaysWhatIsWrongWithItsFixtures) {
    const auto library = built("tests/ctl/mutant.so");
    EXPECT_EQ(rotactl({"plugin", "conform", library, "--fixtures", "/nowhere"}).status, 64);
    EXPECT_EQ(rotactl({"plugin", "conform", library, "--config", "{oops"}).status, 64);
    const auto without = rotactl({"plugin", "conform", library, "--config", "{}"});
    EXPECT_EQ(without.status, 1);
    EXPECT_THAT(without.out, HasSubstr("FAILED         takes its configuration"));
    EXPECT_THAT(without.out, HasSubstr("api_key"));
    EXPECT_EQ(rotactl({"plugin", "conform", "/nowhere/none.so"}).status, 1);
}

TEST(Check, TriesWhatTheServerWouldDo) {
    const auto good = rotactl({"plugin", "check", built("plugins/best_fit.so"), "--with", "{\"wait_weight\": 2}"});
    EXPECT_EQ(good.status, 0) << good.err << good.out;
    EXPECT_THAT(good.out, HasSubstr("waitlist.check: would serve"));
    const auto bad = rotactl({"plugin", "check", built("plugins/best_fit.so"), "--with", "{\"wait\": 2}"});
    EXPECT_EQ(bad.status, 1);
    EXPECT_THAT(bad.out, HasSubstr("PLG-110 waitlist.check.config.wait"));
    const auto asJson = rotactl({"plugin", "check", built("plugins/best_fit.so"), "--json", "--with", "{\"wait\": 2}"});
    EXPECT_EQ(asJson.status, 1);
    EXPECT_THAT(json::parse(asJson.out)[0]["instances"][0]["problem"], HasSubstr("PLG-110"));
    EXPECT_EQ(rotactl({"plugin", "check", fixture("mutant.json")}).status, 64);
}

} // namespace
} // namespace rota::testing
