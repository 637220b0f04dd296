#include "base/version.hpp"
#include "support/program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace rota::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

/// The real server, which here never gets as far as to serve: neither PostgreSQL nor Redis is there.
Outcome rotad(std::vector<std::string> arguments) {
    // Without the ports of whoever runs the tests, which would stand for the configuration's.
    arguments.insert(arguments.begin(), {"/usr/bin/env", "--unset=ROTA_API_PORT", "--unset=ROTA_OPS_PORT",
                                         variable("ROTA_BUILD_DIR") + "/bin/rotad"});
    return runProgram(arguments, {{"DATABASE_URL", "postgresql://rota@127.0.0.1:1/rota"},
                                  {"REDIS_URL", "redis://127.0.0.1:1/0"},
                                  {"APP_ENV", "development"}});
}

std::filesystem::path shippedConfiguration() {
    return variable("ROTA_SOURCE_DIR") + "/etc/rota.properties";
}

TEST(CommandLine, SaysHowItIsUsed) {
    const auto help = rotad({"--help"});
    EXPECT_EQ(help.status, 0);
    EXPECT_THAT(help.err, IsEmpty());
    for (const auto* word : {"usage: rotad", "--help", "--version", "--check", "--config"})
        EXPECT_THAT(help.out, HasSubstr(word));
}

TEST(CommandLine, SaysWhichVersionItIs) {
    const auto version = rotad({"--version"});
    EXPECT_EQ(version.status, 0);
    EXPECT_EQ(version.out, "rotad " + std::string{base::kVersion} + "\n");
    EXPECT_THAT(version.err, IsEmpty());
}

TEST(CommandLine, RefusesWhatItDoesNotKnow) {
    constexpr int kExitUsage = 64; // as sysexits.h calls it
    for (const auto* argument : {"--nonsense", "nonsense"}) {
        const auto refused = rotad({argument});
        EXPECT_EQ(refused.status, kExitUsage);
        EXPECT_THAT(refused.err, HasSubstr("nonsense"));
        EXPECT_THAT(refused.err, EndsWith("; see rotad --help\n"));
        EXPECT_THAT(refused.out, IsEmpty());
    }
}

TEST(CommandLine, ChecksAGoodConfigurationWithoutAComplaint) {
    const auto checked = rotad({"--check", "--config=" + shippedConfiguration().string()});
    EXPECT_EQ(checked.status, 0);
    EXPECT_THAT(checked.err, IsEmpty());
    EXPECT_THAT(checked.out, HasSubstr("read " + shippedConfiguration().string()));
    EXPECT_THAT(checked.out, HasSubstr("loaded channel.console: "));
    EXPECT_THAT(checked.out, EndsWith("the configuration is good\n"));
}

TEST(CommandLine, ChecksAndNamesEveryMistakeWithFileAndKey) {
    constexpr int kExitConfiguration = 78; // as sysexits.h calls it
    const auto directory =
        std::filesystem::path{::testing::TempDir()} / ("rota-command-line-" + std::to_string(::getpid()));
    std::filesystem::create_directories(directory);
    const auto file = (directory / "rota.properties").string();
    std::filesystem::copy_file(shippedConfiguration(), file, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::copy(shippedConfiguration().parent_path() / "templates", directory / "templates",
                          std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
    std::ofstream{file, std::ios::app} << "booking.min_notice = two hours\n"
                                       << "booking.mni_notice = 2h\n"
                                       << "http.port = 99999\n";
    const auto checked = rotad({"--check", "--config=" + file});
    EXPECT_EQ(checked.status, kExitConfiguration);
    EXPECT_THAT(checked.out, IsEmpty());
    for (const auto* mistake : {"booking.min_notice 'two hours' is no duration",
                                "booking.mni_notice is not a known key", "http.port '99999' must"})
        EXPECT_THAT(checked.err, HasSubstr("rotad: " + file + ": " + mistake));
    EXPECT_THAT(checked.err, EndsWith("rotad: 3 mistakes in the configuration; nothing was started\n"));
    EXPECT_EQ(rotad({"--config=" + file}).status, kExitConfiguration) << "it does not start with that either";
    std::filesystem::remove_all(directory);
}

// As when a machine boots and its administrator stops what waits: no failure.
TEST(CommandLine, AskedToStopWhileItWaitsForTheDatabaseItEndsWell) {
    const std::string script = R"("$0" --config="$1" 2>"$2" & rotad=$!
for i in {1..600}; do grep -q 'waiting for the database' "$2" && break; sleep 0.1; done
kill $rotad; wait $rotad; status=$?; cat "$2" >&2; exit $status)";
    const auto log = ::testing::TempDir() + "rota-waits-" + std::to_string(::getpid());
    const auto stopped = runProgram(
        {"/bin/bash", "-c", script, variable("ROTA_BUILD_DIR") + "/bin/rotad", shippedConfiguration().string(), log},
        {{"DATABASE_URL", "postgresql://rota@127.0.0.1:1/rota"},
         {"REDIS_URL", "redis://127.0.0.1:1/0"},
         {"APP_ENV", "development"}});
    std::filesystem::remove(log);
    EXPECT_EQ(stopped.status, 0) << stopped.err;
    EXPECT_THAT(stopped.err, HasSubstr("waiting for the database"));
    EXPECT_THAT(stopped.err, Not(HasSubstr("cannot serve")));
}

} // namespace
} // namespace rota::testing
