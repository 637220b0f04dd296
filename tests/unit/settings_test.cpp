#include "base/clock.hpp"
#include "base/text.hpp"
#include "server/preparation.hpp"
#include "server/settings.hpp"
#include "server/settings_values.hpp"
#include "server/warnings.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace rota::server {
namespace {

using namespace std::chrono_literals;

/// A configuration directory of its own for each test.
class SettingsTest : public ::testing::Test {
protected:
    SettingsTest() {
        std::string pattern = ::testing::TempDir() + "rota-settings-XXXXXX";
        directory_ = ::mkdtemp(pattern.data());
        environment_ = {{"DATABASE_URL", "postgresql://rota@127.0.0.1/rota"}, {"REDIS_URL", "redis://127.0.0.1:6379"}};
    }
    ~SettingsTest() override { std::filesystem::remove_all(directory_); }

    void write(const std::string& name, const std::string& text) { std::ofstream(directory_ / name) << text; }

    LoadedSettings load() {
        return loadSettings(directory_ / "rota.properties", [this](const std::string& name) {
            const auto at = environment_.find(name);
            return at == environment_.end() ? std::nullopt : std::optional(at->second);
        });
    }

    /// The one problem there must be.
    SettingsProblem onlyProblem(const std::string& text) {
        write("rota.properties", "channel.console.plugin = console\n" + text);
        const auto problems = load().problems;
        EXPECT_EQ(problems.size(), 1u) << "for " << text;
        return problems.empty() ? SettingsProblem{} : problems.front();
    }

    std::filesystem::path directory_;
    std::map<std::string, std::string> environment_;
};

TEST_F(SettingsTest, ChannelsAreIsolatedButTheConsole) {
    write("rota.properties", "channel.console.plugin = console\nchannel.post.plugin = post\n"
                             "channel.post.instances = 3\nchannel.fast.plugin = fast\n"
                             "channel.fast.isolation = none\n");
    const auto loaded = load();
    ASSERT_TRUE(loaded.problems.empty());
    std::map<std::string, int> processes;
    for (const auto& channel : loaded.settings.channels)
        processes[channel.instance] = channel.isolated ? channel.processes : 0;
    EXPECT_EQ(processes, (std::map<std::string, int>{{"console", 0}, {"post", 3}, {"fast", 0}}));

    EXPECT_EQ(onlyProblem("channel.console.isolation = thread\n").key, "channel.console.isolation");
    const auto several = onlyProblem("channel.console.instances = 2\n");
    EXPECT_EQ(several.key, "channel.console.instances");
    EXPECT_NE(several.message.find("write process there"), std::string::npos) << several.message;
}

TEST_F(SettingsTest, OnlyAPluginsOwnKeysMayBeReferences) {
    const auto token = onlyProblem("ops.token = geheim${env:MY_TOKEN}\n");
    EXPECT_EQ(token.key, "ops.token");
    EXPECT_EQ(token.message.find("geheim"), std::string::npos) << token.message;
    EXPECT_EQ(onlyProblem("notify.sms.cancel_words = ${file:/run/words}\n").key, "notify.sms.cancel_words");
    write("rota.properties", "channel.console.plugin = console\nchannel.console.config.key = ${env:KEY}\n");
    EXPECT_TRUE(load().problems.empty());
}

TEST_F(SettingsTest, OwnersOfPluginsAreUsersByNameOrNumber) {
    write("rota.properties", "channel.console.plugin = console\nplugin.owners = root, 1234\n");
    EXPECT_EQ(load().settings.pluginOwners, (std::set<uid_t>{0, 1234}));
    EXPECT_EQ(onlyProblem("plugin.owners = nobody-of-that-name\n").key, "plugin.owners");
}

TEST_F(SettingsTest, ShippedConfigurationIsValidInBothEnvironments) {
    const auto* source = std::getenv("ROTA_SOURCE_DIR");
    ASSERT_NE(source, nullptr) << "scripts/test sets ROTA_SOURCE_DIR";
    const auto file = std::filesystem::path(source) / "etc/rota.properties";
    for (const auto* name : {"development", "production"}) {
        environment_["APP_ENV"] = name;
        const auto loaded = loadSettings(file, [this](const std::string& variable) {
            const auto at = environment_.find(variable);
            return at == environment_.end() ? std::nullopt : std::optional(at->second);
        });
        for (const auto& problem : loaded.problems)
            ADD_FAILURE() << problem.origin << problem.key << problem.message;
        EXPECT_EQ(loaded.settings.seedOnEmpty, std::string(name) == "development");
    }
}

/// What is wrong with the shipped configuration in production, as `rotad --check` says it.
std::string productionProblems() {
    const auto file = std::filesystem::path(std::getenv("ROTA_SOURCE_DIR")) / "etc/rota.properties";
    const auto loaded = loadSettings(file, [](const std::string& name) -> std::optional<std::string> {
        if (name == "APP_ENV") return "production";
        if (name == "DATABASE_URL") return "postgresql://rota@127.0.0.1:1/rota";
        if (name == "REDIS_URL") return "redis://127.0.0.1:1/0";
        return std::nullopt;
    });
    const base::SystemClock clock;
    std::string text;
    if (const auto prepared = prepare(loaded, clock); !prepared)
        for (const auto& line : prepared.error())
            text += line + "\n";
    return text;
}

TEST_F(SettingsTest, WhatIsWrongWithAPluginIsSaidOfTheFileAndKeyThatAskForIt) {
    const auto overlay =
        (std::filesystem::path(std::getenv("ROTA_SOURCE_DIR")) / "etc/rota.production.properties").string();
    EXPECT_NE(productionProblems().find(overlay + ": PLG-113 channel.sendgrid.config.api_key"), std::string::npos)
        << productionProblems();

    write("rota.properties", "channel.console.plugin = console\n");
    write("rota.development.properties", "channel.post.plugin = nowhere\nchannel.console.config.colour = red\n");
    const base::SystemClock clock;
    const auto prepared = prepare(load(), clock);
    ASSERT_FALSE(prepared);
    std::string text;
    for (const auto& line : prepared.error())
        text += line + "\n";
    const auto file = (directory_ / "rota.development.properties").string();
    EXPECT_NE(text.find(file + ": PLG-102 nowhere.so (channel.post.plugin): is not in "), std::string::npos) << text;
    EXPECT_NE(text.find(file + ": PLG-110 channel.console.config.colour: "), std::string::npos) << text;
}

TEST_F(SettingsTest, ProductionNamesTheProvidersVariablesThatAreMissing) {
    const std::map<std::string, std::string> variables{{"SENDGRID_API_KEY", "SG.key"},
                                                       {"TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000001"},
                                                       {"TWILIO_API_KEY", "SK00000000000000000000000000000002"},
                                                       {"TWILIO_API_SECRET", "secret"},
                                                       {"TWILIO_AUTH_TOKEN", "token"},
                                                       {"TWILIO_FROM", "+15550100000"}};
    for (const auto& [name, value] : variables)
        ::unsetenv(name.c_str());
    const auto problems = productionProblems();
    for (const auto& [name, value] : variables)
        EXPECT_NE(problems.find("the environment variable " + name + " is not set"), std::string::npos) << problems;

    for (const auto& [name, value] : variables)
        ::setenv(name.c_str(), value.c_str(), 1);
    EXPECT_EQ(productionProblems(), "");
    for (const auto& [name, value] : variables)
        ::unsetenv(name.c_str());
}

TEST_F(SettingsTest, DefaultsAreTheDocumentedOnes) {
    write("rota.properties", "channel.console.plugin = console\n");
    const auto loaded = load();
    EXPECT_TRUE(loaded.problems.empty());
    const auto& settings = loaded.settings;
    EXPECT_EQ(settings.environment, "development");
    EXPECT_EQ(settings.httpPort, 5000);
    EXPECT_EQ(settings.poolMin, 10u);
    EXPECT_EQ(settings.poolMax, 50u);
    EXPECT_EQ(settings.clinic.zone.name(), "America/New_York");
    EXPECT_EQ(settings.clinic.rules.minNotice, 2h);
    EXPECT_EQ(settings.clinic.rules.maxAdvance, std::chrono::days{90});
    EXPECT_EQ(settings.clinic.rules.feeCents, 5000);
    EXPECT_EQ(settings.emailChannels, std::vector<std::string>{"console"});
    EXPECT_EQ(settings.availability.standard.plugin, "standard");
    EXPECT_TRUE(settings.seedOnEmpty);
    EXPECT_EQ(settings.corsOrigins, std::vector<std::string>{"http://localhost:3000"});
    EXPECT_EQ(settings.opsAddress, "127.0.0.1");
    EXPECT_EQ(settings.opsPort, 5001);
    EXPECT_EQ(settings.opsToken, "");
}

TEST_F(SettingsTest, OperationsBeyondThisMachineNeedAToken) {
    for (const auto* address : {"127.0.0.1", "127.1.2.3", "::1", "localhost"}) {
        write("rota.properties", "channel.console.plugin = console\nops.address = " + std::string{address} + "\n");
        EXPECT_TRUE(load().problems.empty()) << address;
    }
    for (const auto* address : {"0.0.0.0", "10.0.0.1", "::"})
        EXPECT_EQ(onlyProblem("ops.address = " + std::string{address} + "\n").key, "ops.token") << address;
    environment_["ADMIN_TOKEN"] = "secret";
    EXPECT_EQ(load().settings.opsToken, "secret");
    EXPECT_TRUE(load().problems.empty());
}

TEST_F(SettingsTest, OriginsAreWhatBrowsersSend) {
    write("rota.properties", "channel.console.plugin = console\n");
    environment_["CORS_ORIGINS"] = "https://clinic.example, http://localhost:8080";
    EXPECT_EQ(load().settings.corsOrigins,
              (std::vector<std::string>{"https://clinic.example", "http://localhost:8080"}));
    for (const auto* wrong : {"*", "clinic.example", "https://clinic.example/", "ftp://clinic.example", "https://"}) {
        environment_["CORS_ORIGINS"] = wrong;
        const auto loaded = load();
        ASSERT_EQ(loaded.problems.size(), 1u) << wrong;
        EXPECT_EQ(loaded.problems[0].key, "http.cors.origins");
    }
}

TEST_F(SettingsTest, EnvironmentStandsOverProductionStandsOverBase) {
    write("rota.properties", "channel.console.plugin = console\nhttp.port = 1000\nbooking.min_notice = 3h\n"
                             "clinic.name = Base\n");
    write("rota.production.properties", "http.port = 2000\nbooking.min_notice = 4h\n");
    environment_["FLASK_ENV"] = "production";
    environment_["ROTA_API_PORT"] = "3000";
    const auto loaded = load();
    EXPECT_TRUE(loaded.problems.empty());
    EXPECT_EQ(loaded.settings.environment, "production");
    EXPECT_EQ(loaded.settings.httpPort, 3000);
    EXPECT_EQ(loaded.settings.clinic.rules.minNotice, 4h);
    EXPECT_EQ(loaded.settings.clinic.name, "Base");
    EXPECT_EQ(loaded.settings.logFormat, base::log::Format::Json);
}

TEST_F(SettingsTest, AppEnvStandsOverFlaskEnv) {
    write("rota.properties", "channel.console.plugin = console\n");
    environment_["FLASK_ENV"] = "production";
    environment_["APP_ENV"] = "development";
    EXPECT_EQ(load().settings.environment, "development");
}

TEST_F(SettingsTest, MistakesNameFileKeyAndRemedy) {
    auto problem = onlyProblem("booking.min_notice = 2 hours\n");
    EXPECT_EQ(problem.origin, (directory_ / "rota.properties").string());
    EXPECT_EQ(problem.key, "booking.min_notice");
    EXPECT_NE(problem.message.find("2h"), std::string::npos);

    problem = onlyProblem("boking.min_notice = 2h\n");
    EXPECT_EQ(problem.key, "boking.min_notice");
    EXPECT_NE(problem.message.find("did you mean booking.min_notice?"), std::string::npos);

    EXPECT_EQ(onlyProblem("http.port = 70000\n").key, "http.port");
    EXPECT_EQ(onlyProblem("http.docs = /nowhere\n").key, "http.docs");
    EXPECT_EQ(onlyProblem("seed.on_empty = yes\n").key, "seed.on_empty");
    EXPECT_EQ(onlyProblem("clinic.timezone = Mars/Olympus\n").key, "clinic.timezone");
    EXPECT_EQ(onlyProblem("log.level = loud\n").key, "log.level");
    EXPECT_EQ(onlyProblem("notify.sms.channels = twilio\n").key, "notify.sms.channels");
    EXPECT_EQ(onlyProblem("channel.mail.timeout = 5s\n").key, "channel.mail.plugin");
    EXPECT_EQ(onlyProblem("availability.doctor.kim.plugin = standard\n").key, "availability.doctor.kim.plugin");
    EXPECT_EQ(onlyProblem("database.pool.min = 60\n").key, "database.pool.min");
}

TEST_F(SettingsTest, EnvironmentMistakesNameTheVariable) {
    environment_["ROTA_API_PORT"] = "http";
    EXPECT_EQ(onlyProblem("").origin, "environment variable ROTA_API_PORT");
    environment_.erase("ROTA_API_PORT");
    environment_["APP_ENV"] = "prod";
    EXPECT_EQ(onlyProblem("").origin, "environment variable APP_ENV");
    environment_.erase("APP_ENV");
    environment_.erase("DATABASE_URL");
    EXPECT_NE(onlyProblem("").message.find("DATABASE_URL"), std::string::npos);
}

TEST_F(SettingsTest, AllMistakesAreReportedAtOnce) {
    write("rota.properties", "channel.console.plugin = console\nhttp.port = x\nlog.level = x\nnonsense = x\n");
    EXPECT_EQ(load().problems.size(), 3u);
}

TEST_F(SettingsTest, MissingFileIsAProblemThatNamesIt) {
    const auto problems = load().problems;
    ASSERT_FALSE(problems.empty());
    EXPECT_EQ(problems.front().origin, (directory_ / "rota.properties").string());
}

TEST_F(SettingsTest, DirectoryInPlaceOfTheFileIsAProblemToo) {
    std::filesystem::create_directory(directory_ / "rota.properties");
    const auto problems = load().problems;
    ASSERT_FALSE(problems.empty());
    EXPECT_NE(problems.front().message.find("is no file"), std::string::npos);
}

TEST_F(SettingsTest, PluginKeysKeepSecretsAsReferences) {
    write("rota.properties", "channel.console.plugin = console\nchannel.sms-1.plugin = gateway\n"
                             "channel.sms-1.config.api_key = ${env:GATEWAY_KEY}\n"
                             "availability.doctor.3.plugin = buffered\navailability.doctor.3.config.gap = 10\n");
    const auto loaded = load();
    EXPECT_TRUE(loaded.problems.empty());
    ASSERT_EQ(loaded.settings.channels.size(), 2u);
    EXPECT_EQ(loaded.settings.channels[1].instance, "sms-1");
    EXPECT_EQ(loaded.settings.channels[1].choice.config.at("api_key"), "${env:GATEWAY_KEY}");
    EXPECT_EQ(loaded.settings.availability.byDoctor.at(base::DoctorId{3}).config.at("gap"), "10");
}

TEST_F(SettingsTest, AnInstanceMayPinItsFile) {
    const std::string sum(64, 'a');
    write("rota.properties", "channel.console.plugin = console\nchannel.console.sha256 = " + std::string(64, 'A') +
                                 "\navailability.default.sha256 = " + sum + "\nwaitlist.doctor.3.sha256 = " + sum +
                                 "\nwaitlist.doctor.3.plugin = priority\n");
    const auto loaded = load();
    EXPECT_TRUE(loaded.problems.empty());
    EXPECT_EQ(loaded.settings.channels[0].choice.sha256, sum) << "in lower case";
    EXPECT_EQ(loaded.settings.availability.standard.sha256, sum);
    EXPECT_EQ(loaded.settings.waitlist.byDoctor.at(base::DoctorId{3}).sha256, sum);
    EXPECT_EQ(loaded.settings.waitlist.standard.sha256, "");
    EXPECT_EQ(pluginSettings(loaded.settings).channels[0].sha256, sum);
    EXPECT_EQ(pluginSettings(loaded.settings).availability.sha256, sum);

    for (const auto* wrong : {"abc", "sha256:0000"}) {
        const auto problem = onlyProblem("channel.console.sha256 = " + std::string{wrong} + "\n");
        EXPECT_EQ(problem.key, "channel.console.sha256");
        EXPECT_NE(problem.message.find("sha256sum"), std::string::npos) << problem.message;
    }
}

TEST_F(SettingsTest, AKeyGivenTwiceIsAMistake) {
    const auto problem = onlyProblem("clinic.name = One\nhttp.port = 5000\nclinic.name = Two\n");
    EXPECT_EQ(problem.origin, (directory_ / "rota.properties").string());
    EXPECT_EQ(problem.key, "clinic.name");
    EXPECT_EQ(problem.message, "is given twice; keep the line that is meant");
}

TEST_F(SettingsTest, TheOverlayMayRepeatWhatStandsBelow) {
    write("rota.properties", "channel.console.plugin = console\nclinic.name = One\n");
    write("rota.development.properties", "clinic.name = Two\n");
    const auto loaded = load();
    EXPECT_TRUE(loaded.problems.empty());
    EXPECT_EQ(loaded.settings.clinic.name, "Two");
    EXPECT_EQ(loaded.origins.at("clinic.name"), (directory_ / "rota.development.properties").string());
    EXPECT_EQ(loaded.origins.at("redis.url"), "environment variable REDIS_URL");
}

TEST_F(SettingsTest, AddressesAndLinksAreChecked) {
    EXPECT_EQ(onlyProblem("http.address = everywhere\n").key, "http.address");
    EXPECT_EQ(onlyProblem("http.address = host.example\n").key, "http.address");
    EXPECT_EQ(onlyProblem("clinic.portal_url = clinic.example\n").key, "clinic.portal_url");
    EXPECT_EQ(onlyProblem("clinic.cancellation_policy_url = https://\n").key, "clinic.cancellation_policy_url");
    EXPECT_EQ(onlyProblem("plugin.directories = \n").key, "plugin.directories");
}

TEST_F(SettingsTest, WhatCannotWorkIsFoundThoughEachValueIsGood) {
    EXPECT_EQ(onlyProblem("booking.min_notice = 2d\nbooking.max_advance = 1d\n").key, "booking.min_notice");
    EXPECT_EQ(onlyProblem("reminder.quiet_hours = 00:00-24:00\n").key, "reminder.quiet_hours");
    EXPECT_EQ(onlyProblem("notify.email.channels = console, console\n").key, "notify.email.channels");
}

TEST_F(SettingsTest, WhosePluginsAreTrustedIsKnownWithoutAFileToo) {
    environment_["ROTA_PLUGIN_OWNERS"] = "12345";
    const auto loaded = load();
    EXPECT_TRUE(loaded.files.empty());
    EXPECT_EQ(loaded.settings.pluginOwners, std::set<uid_t>{12345});
}

TEST_F(SettingsTest, LinksLeadByDefaultToWhereThisMachineShowsThePage) {
    write("rota.properties", "channel.console.plugin = console\n");
    environment_["ROTA_WEB_PORT"] = "8080";
    EXPECT_EQ(load().settings.clinic.portalUrl, "http://localhost:8080");
    EXPECT_EQ(load().settings.corsOrigins, std::vector<std::string>{"http://localhost:8080"});
    environment_["ROTA_WEB_PORT"] = "web";
    ASSERT_EQ(load().problems.size(), 1u);
    EXPECT_EQ(load().problems[0].origin, "environment variable ROTA_WEB_PORT");
    environment_["CLINIC_PORTAL_URL"] = environment_["CORS_ORIGINS"] = "https://book.riverside.net";
    EXPECT_TRUE(load().problems.empty()) << "nothing asks for it";
}

TEST_F(SettingsTest, ThePolicyIsAPageOfThePortalUnlessItIsSaidToLieElsewhere) {
    write("rota.properties", "channel.console.plugin = console\n");
    const auto policy = [this] { return load().settings.clinic.cancellationPolicyUrl; };
    EXPECT_EQ(policy(), "http://localhost:3000/cancellation-policy");
    for (const auto* portal : {"https://book.riverside.net", "https://book.riverside.net/"}) {
        environment_["CLINIC_PORTAL_URL"] = portal;
        EXPECT_EQ(policy(), "https://book.riverside.net/cancellation-policy");
    }
    environment_["CLINIC_CANCELLATION_POLICY_URL"] = "https://riverside.net/rules";
    EXPECT_EQ(policy(), "https://riverside.net/rules");
}

/// The keys that are warned of.
std::vector<std::string> warnedOf(const LoadedSettings& loaded) {
    std::vector<std::string> keys;
    for (const auto& warning : productionWarnings(loaded))
        keys.push_back(warning.key);
    return keys;
}

TEST_F(SettingsTest, ProductionWarnsOfWhatTheExampleSays) {
    const auto file = std::filesystem::path(std::getenv("ROTA_SOURCE_DIR")) / "etc/rota.properties";
    const auto shipped = [&](const std::string& environment) {
        environment_["APP_ENV"] = environment;
        return warnedOf(loadSettings(file, [this](const std::string& name) {
            const auto at = environment_.find(name);
            return at == environment_.end() ? std::nullopt : std::optional(at->second);
        }));
    };
    EXPECT_EQ(shipped("production"),
              (std::vector<std::string>{"clinic.name", "clinic.address", "clinic.phone", "clinic.portal_url",
                                        "clinic.cancellation_policy_url", "channel.sendgrid.config.from",
                                        "channel.sendgrid.config.from_name"}));
    EXPECT_EQ(shipped("development"), std::vector<std::string>{});
}

TEST_F(SettingsTest, ProductionWarnsOfNothingThatIsTheClinicsOwn) {
    environment_["APP_ENV"] = "production";
    const std::string own = "clinic.name = St. Example's\nclinic.address = 1 Main Street\nclinic.phone = 555-010-0000\n"
                            "clinic.email = desk@myexample.com\nclinic.portal_url = https://localhost.clinic.net\n"
                            "notify.email.channels = mail\nnotify.sms.channels = mail\nchannel.mail.plugin = smtp\n"
                            "channel.mail.config.from = desk@clinic.net\n"
                            "channel.unused.plugin = smtp\nchannel.unused.config.host = mail.example.com\n";
    write("rota.properties", own + "channel.mail.config.host = localhost\n");
    EXPECT_EQ(warnedOf(load()), std::vector<std::string>{});
    for (const auto* host : {"mail.example.com", "mail.clinic.example", "https://mail.clinic.example:25/"}) {
        write("rota.properties", own + "channel.mail.config.host = " + host + "\n");
        EXPECT_EQ(warnedOf(load()), std::vector<std::string>{"channel.mail.config.host"}) << host;
    }
}

TEST_F(SettingsTest, ProductionWarnsOfMessagesThatAreOnlyPrinted) {
    environment_["APP_ENV"] = "production";
    write("rota.properties", "channel.console.plugin = console\n");
    const auto keys = warnedOf(load());
    EXPECT_EQ(std::ranges::count(keys, "notify.email.channels"), 1);
    EXPECT_EQ(std::ranges::count(keys, "notify.sms.channels"), 1);
}

TEST(SettingsValuesTest, DurationsNeedANumberAndAUnit) {
    EXPECT_EQ(parseDuration("500ms"), 500ms);
    EXPECT_EQ(parseDuration("15m"), 15min);
    EXPECT_EQ(parseDuration("90d"), std::chrono::days{90});
    for (const auto* text : {"", "2", "h", "-2h", "2.5h", "2 h", "2h ", "99999999999h", "2w"})
        EXPECT_EQ(parseDuration(text), std::nullopt) << text;
}

TEST(SettingsValuesTest, NearestWordIsFoundOnlyWhereItIsNear) {
    EXPECT_EQ(base::nearest("http.prot", {"http.port", "log.level"}), "http.port");
    EXPECT_EQ(base::nearest("something", {"http.port", "log.level"}), "");
}

TEST(SettingsValuesTest, ListsDropSpacesAndEmptyParts) {
    EXPECT_EQ(parseList(" a, b ,,c "), (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_TRUE(parseList("").empty());
}

} // namespace
} // namespace rota::server
