#include "rotactl.hpp"
#include "support/redis_server.hpp"
#include "support/rotad_process.hpp"
#include "support/test_database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace rota::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;

std::string plugins() {
    return std::string(std::getenv("ROTA_BUILD_DIR")) + "/plugins";
}

/// A configuration of its own, in a folder of its own.
class RotactlTest : public ::testing::Test {
protected:
    RotactlTest() : folder_(fs::temp_directory_path() / "rota-ctl-test-XXXXXX") {
        if (::mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("no temporary folder");
    }
    ~RotactlTest() override { fs::remove_all(folder_); }

    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ + "/" + name) << text;
        return folder_ + "/" + name;
    }

    std::string folder_;
};

// ---- calling it --------------------------------------------------------------------------------------------------

TEST_F(RotactlTest, SaysHowItIsUsed) {
    const auto help = rotactl({"--help"});
    EXPECT_EQ(help.status, 0);
    EXPECT_THAT(help.out, HasSubstr("plugin inspect FILE|NAME"));
    EXPECT_THAT(help.out, HasSubstr("78 the configuration has to be mended"));
    EXPECT_EQ(rotactl({"--version"}).status, 0);
    EXPECT_THAT(rotactl({"--version"}).out, HasSubstr("rotactl 0."));
}

TEST_F(RotactlTest, EveryCommandSaysHowItIsUsed) {
    const std::vector<std::vector<std::string>> names{
        {"seed"}, {"template", "preview"}, {"plugin", "list"}, {"plugin", "inspect"}, {"plugin", "reload"}};
    for (const auto& name : names) {
        auto words = name;
        words.emplace_back("--help");
        const auto help = rotactl(words);
        EXPECT_EQ(help.status, 0) << name.back();
        EXPECT_THAT(help.out, HasSubstr("usage: rotactl " + name.front()));
    }
}

TEST_F(RotactlTest, RefusesWhatItDoesNotKnow) {
    EXPECT_EQ(rotactl({}).status, 64);
    const auto unknown = rotactl({"plugin", "eat"});
    EXPECT_EQ(unknown.status, 64);
    EXPECT_THAT(unknown.err, HasSubstr("there is no command 'plugin eat'"));
    EXPECT_EQ(rotactl({"plugin", "list", "--nonsense"}).status, 64);
    EXPECT_EQ(rotactl({"plugin", "inspect"}).status, 64);
    EXPECT_EQ(rotactl({"plugin", "inspect", "a", "b"}).status, 64);
    EXPECT_EQ(rotactl({"seed", "--config"}).status, 64) << "the option wants a file";
}

TEST_F(RotactlTest, TellsOfMistakesInTheConfiguration) {
    EXPECT_EQ(rotactl({"seed", "--config", folder_ + "/none"}).status, 78);
    const auto file = write("rota.properties", "availability.doctor.x.plugin = standard\n");
    const auto listed = rotactl({"plugin", "list", "--config", file});
    EXPECT_EQ(listed.status, 78);
    EXPECT_THAT(listed.err, HasSubstr("must be a doctor's number"));
}

// ---- template preview ----------------------------------------------------------------------------------------------

TEST_F(RotactlTest, ShowsAMessageAsAPatientWouldGetIt) {
    const auto file = std::string(std::getenv("ROTA_SOURCE_DIR")) + "/etc/rota.properties";
    const auto preview = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {"template", "preview", "--config", file});
        return rotactl(words);
    };
    const auto mail = preview({"email_reminder"});
    EXPECT_EQ(mail.status, 0) << mail.err;
    EXPECT_THAT(mail.out, HasSubstr("Subject: Appointment Reminder\n\nHello Maria Lopez,"));
    EXPECT_THAT(mail.out, HasSubstr("tomorrow at 9:00 AM"));
    EXPECT_THAT(preview({"--language", "es", "sms_reminder"}).out, HasSubstr("Johnson mañana, 9:00 a. m."));
    EXPECT_THAT(preview({"--html", "confirmation"}).out, HasSubstr("<!DOCTYPE html>"));
    EXPECT_EQ(preview({"--text", "confirmation"}).out.rfind("Hello Maria Lopez,", 0), 0U);

    EXPECT_EQ(preview({"--html", "sms_reminder"}).status, 64);
    EXPECT_EQ(preview({"--html", "--text", "confirmation"}).status, 64);
    EXPECT_EQ(preview({"--language", "fr", "confirmation"}).status, 64);
    const auto unknown = preview({"promote_waitlist"});
    EXPECT_EQ(unknown.status, 64);
    EXPECT_THAT(unknown.err, HasSubstr("there are: confirmation, email_reminder"));
}

// ---- seed --------------------------------------------------------------------------------------------------------

TEST_F(RotactlTest, SeedsAnyNumberOfTimes) {
    TestDatabase database;
    const auto file = write("rota.properties", "");
    for (int round = 0; round < 2; ++round) {
        const auto seeded = rotactl({"seed", "--config", file}, {{"DATABASE_URL", database.url()}});
        EXPECT_EQ(seeded.status, 0) << seeded.err;
        EXPECT_EQ(database.number("SELECT count(*) FROM doctors"), 10);
        EXPECT_EQ(database.number("SELECT count(*) FROM patients"), 5);
    }
}

TEST_F(RotactlTest, SeedSaysWhyItCannot) {
    TestDatabase empty(TestDatabase::Content::Empty);
    const auto file = write("rota.properties", "");
    const auto without = rotactl({"seed", "--config", file}, {{"DATABASE_URL", empty.url()}});
    EXPECT_EQ(without.status, 78);
    EXPECT_THAT(without.err, HasSubstr("rotad makes them when it starts"));
    const auto away = rotactl({"seed", "--config", file}, {{"DATABASE_URL", "postgresql://a:b@127.0.0.1:1/c"}});
    EXPECT_EQ(away.status, 69);
    const auto wrong = rotactl({"seed", "--config", file}, {{"DATABASE_URL", "mysql://x"}});
    EXPECT_EQ(wrong.status, 78);
    EXPECT_THAT(wrong.err, HasSubstr("DATABASE_URL: database.url"));
}

// ---- plugin list and inspect
// ---------------------------------------------------------------------------------------

TEST_F(RotactlTest, ListsPluginsAndWhoUsesThem) {
    const auto file = write("rota.properties", "channel.screen.plugin = console\nnotify.email.channels = screen\n"
                                               "notify.sms.channels = screen\nplugin.directories = " +
                                                   plugins() + "\navailability.doctor.3.plugin = standard\n");
    const auto listed = rotactl({"plugin", "list", "--json", "--config", file});
    ASSERT_EQ(listed.status, 0) << listed.err << listed.out;
    std::map<std::string, json> byId;
    for (const auto& row : json::parse(listed.out))
        byId[row["id"]] = row;
    EXPECT_EQ(byId["console"]["kind"], "channel");
    EXPECT_EQ(byId["console"]["used_by"], json({"channel.screen"}));
    EXPECT_EQ(byId["standard"]["used_by"], json({"availability.default", "availability.doctor.3"}));
    EXPECT_EQ(byId["first_come"]["file"], plugins() + "/first_come.so");
    EXPECT_THAT(rotactl({"plugin", "list", "--config", file}).out, HasSubstr("(channel.screen)"));
}

TEST_F(RotactlTest, ABrokenPluginHidesNoOther) {
    fs::copy(plugins() + "/console.so", folder_);
    write("text.so", "no library");
    const auto file =
        write("rota.properties", "plugin.directories = " + folder_ + "\nchannel.console.plugin = console\n");
    const auto listed = rotactl({"plugin", "list", "--config", file});
    EXPECT_EQ(listed.status, 1);
    EXPECT_THAT(listed.out, HasSubstr("Console (channel.console)"));
    EXPECT_THAT(listed.out, HasSubstr("PLG-104"));
}

// A volume that is mounted into a container.
TEST_F(RotactlTest, TakesFilesOfTheOwnersThatTheConfigurationNames) {
    const auto theirs = folder_ + "/console.so";
    fs::copy(plugins() + "/console.so", folder_);
    if (::chown(theirs.c_str(), 12345, 12345) != 0) GTEST_SKIP() << "only root can give files away";
    const std::string directory = "channel.console.plugin = console\nplugin.directories = " + folder_ + "\n";
    const auto without = write("without.properties", directory);
    const auto with = write("with.properties", directory + "plugin.owners = 12345\n");
    const std::vector<std::vector<std::string>> commands{
        {"list"}, {"inspect", "console"}, {"inspect", theirs}, {"check", "console"}, {"check", theirs}};
    for (auto words : commands) {
        words.insert(words.begin(), "plugin");
        words.insert(words.end(), {"--config", without});
        const auto refused = rotactl(words);
        EXPECT_EQ(refused.status, 1) << words[1];
        EXPECT_THAT(refused.out + refused.err, HasSubstr("add that user to plugin.owners")) << words[1];
        words.back() = with;
        const auto taken = rotactl(words);
        EXPECT_EQ(taken.status, 0) << words[1] << taken.err << taken.out;
    }
    const auto here = rotactl({"plugin", "conform", theirs, "--only", "loads"});
    EXPECT_THAT(here.err, HasSubstr("PLG-103"));
}

TEST_F(RotactlTest, InspectsAFileAndAName) {
    const auto byFile = rotactl({"plugin", "inspect", plugins() + "/console.so", "--json"});
    ASSERT_EQ(byFile.status, 0) << byFile.err;
    const auto console = json::parse(byFile.out);
    EXPECT_EQ(console["abi"], "1.0");
    EXPECT_THAT(console["sha256"].get<std::string>(), ::testing::SizeIs(64));
    EXPECT_EQ(console["plugins"][0]["flags"], json({"reentrant", "email", "sms"}));
    const auto file = write("rota.properties", "plugin.directories = " + plugins() + "\n");
    const auto byName = rotactl({"plugin", "inspect", "--config", file, "console"});
    EXPECT_EQ(byName.status, 0) << byName.err;
    EXPECT_THAT(byName.out, HasSubstr("channel console 1.0.0: Console"));
}

TEST_F(RotactlTest, CheckRefusesWhatTheServerRefuses) {
    const std::vector<std::pair<std::string, std::string>> faults{
        {"no_interface", "PLG-108"},   {"half_instance", "PLG-114"}, {"broken_create", "PLG-120"},
        {"broken_destroy", "PLG-120"}, {"other_major", "PLG-107"},   {"missing_library", "PLG-105"}};
    for (const auto& [fault, code] : faults) {
        const auto file = std::string(std::getenv("ROTA_BUILD_DIR")) + "/tests/plugins/" + fault + ".so";
        const auto checked = rotactl({"plugin", "check", file, "--with", "{}"});
        EXPECT_EQ(checked.status, 1) << fault;
        EXPECT_THAT(checked.out + checked.err, HasSubstr(code)) << fault;
    }
}

TEST_F(RotactlTest, CheckHoldsAFileToItsPin) {
    const auto check = [&](const std::string& sum) {
        const auto file =
            write("rota.properties", "plugin.directories = " + plugins() +
                                         "\nchannel.console.plugin = console\nchannel.console.sha256 = " + sum + "\n");
        return rotactl({"plugin", "check", "--config", file, "console"});
    };
    const auto other = check(std::string(64, '0'));
    EXPECT_EQ(other.status, 1);
    EXPECT_THAT(other.out, HasSubstr("PLG-122 channel.console.sha256"));
    const auto inspected = rotactl({"plugin", "inspect", plugins() + "/console.so", "--json"});
    const auto right = check(json::parse(inspected.out)["sha256"]);
    EXPECT_EQ(right.status, 0) << right.err << right.out;
    EXPECT_THAT(right.out, HasSubstr("channel.console: would serve"));
}

TEST_F(RotactlTest, InspectSaysWhatIsWrong) {
    const auto missing = rotactl({"plugin", "inspect", folder_ + "/none.so"});
    EXPECT_EQ(missing.status, 1);
    EXPECT_THAT(missing.err, HasSubstr("PLG-102"));
    EXPECT_EQ(rotactl({"plugin", "inspect", folder_ + "/none"}).status, 64) << "a file without its ending";
}

// ---- plugin reload
// -------------------------------------------------------------------------------------------------

TEST_F(RotactlTest, ReloadsARunningServer) {
    TestDatabase database;
    RedisServer redis;
    RotadOptions options;
    options.databaseUrl = database.url();
    options.redisUrl = redis.url();
    options.environment["ADMIN_TOKEN"] = "s3cret";
    RotadProcess server(options);
    const auto reload = [&](const std::string& token) {
        return rotactl({"plugin", "reload", "--config", server.directory() / "rota.properties"},
                       {{"DATABASE_URL", database.url()},
                        {"REDIS_URL", redis.url()},
                        {"ADMIN_TOKEN", token},
                        {"ROTA_OPS_PORT", std::to_string(server.operationsPort())}});
    };
    const auto done = reload("s3cret");
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_EQ(done.out, "generation 2 serves; no plugin changed\n");
    EXPECT_EQ(reload("wrong").status, 78);

    server.configure({"channel.console.config.colour = red"});
    const auto refused = reload("s3cret");
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.err, HasSubstr("PLG-110 channel.console.config.colour: "));
    EXPECT_THAT(refused.err, HasSubstr("generation 2 serves on"));
    server.configure({});
    EXPECT_EQ(server.stop(), 0);
    EXPECT_EQ(reload("s3cret").status, 69);
}

} // namespace
} // namespace rota::testing
