#include "clinic.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

namespace rota::testing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using std::chrono::steady_clock;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

class ReloadTest : public ::testing::Test {
protected:
    ~ReloadTest() override {
        if (!clinic_.server) return;
        EXPECT_EQ(clinic_.server->stop(), 0) << clinic_.server->output();
    }
    HttpAnswer operate(const RotadProcess& server, const std::string& method, const std::string& path) const {
        return HttpClient{server.operationsPort()}.request(method, path);
    }
    HttpAnswer reload() const { return operate(*clinic_.server, "POST", "/admin/plugins/reload"); }
    int generation(const RotadProcess& server) const {
        return operate(server, "GET", "/admin/plugins").json()["generation"];
    }
    bool awaitGeneration(const RotadProcess& server, int wanted) const {
        for (const auto end = steady_clock::now() + 20s; steady_clock::now() < end; std::this_thread::sleep_for(20ms))
            if (generation(server) == wanted) return true;
        return false;
    }
    /// Messages go to `path`, by the ledger.
    std::vector<std::string> ledger(const std::string& path) const {
        return {"channel.ledger.plugin = ledger", "channel.ledger.config.path = " + path,
                fmt::format("plugin.directories = {0}/tests/plugins/one, {0}/plugins", std::getenv("ROTA_BUILD_DIR")),
                "notify.email.channels = ledger"};
    }

    Clinic clinic_;
    const std::string start_ = isoAt(comingDay(std::chrono::Tuesday), "10:00");
};

TEST_F(ReloadTest, SaysWhatServes) {
    clinic_.start();
    const auto answer = operate(*clinic_.server, "GET", "/admin/plugins");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.json()["generation"], 1);
    const auto console = answer.json()["plugins"][0];
    EXPECT_EQ(console["name"], "channel.console");
    EXPECT_EQ(console["state"], "serving");
    EXPECT_EQ(console["isolation"], "none");
    EXPECT_EQ(console["calls"], 0);
    EXPECT_THAT(console["file"], HasSubstr("/console.so"));
    EXPECT_EQ(clinic_.get("/admin/plugins").status, 404) << "patients never see it";
    EXPECT_EQ(operate(*clinic_.server, "GET", "/admin/plugins/reload").status, 405);
}

TEST_F(ReloadTest, PutsAnotherChannelInForce) {
    clinic_.start();
    clinic_.booked(2, start_);
    ASSERT_TRUE(clinic_.server->awaitLines("EMAIL SENT", 1, 10s)) << clinic_.server->output();
    const auto path = clinic_.server->directory() / "entries";
    clinic_.server->configure(ledger(path));
    const auto answer = reload();
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.json(), (json{{"generation", 2},
                                   {"changed", {"channel.ledger"}},
                                   {"needs_restart", json::array()},
                                   {"other_servers_asked", true}}));
    clinic_.booked(2, isoAt(comingDay(std::chrono::Tuesday), "11:00"));
    for (const auto end = steady_clock::now() + 10s; !fs::exists(path) && steady_clock::now() < end;)
        std::this_thread::sleep_for(20ms);
    EXPECT_TRUE(fs::exists(path)) << clinic_.server->output();
    EXPECT_EQ(clinic_.server->linesWith("EMAIL SENT"), 1U);
    EXPECT_THAT(operate(*clinic_.server, "GET", "/metrics").body, HasSubstr("rota_plugin_generation 2\n"));
}

TEST_F(ReloadTest, RefusesEveryMistakeAtOnceAndServesOn) {
    clinic_.start();
    clinic_.server->configure({"channel.console.config.colour = red", "booking.min_notice = soon", "nonsense = 1"});
    std::ofstream(clinic_.server->directory() / "templates/sms_reminder.txt") << "Hello {nobody}";
    auto answer = reload();
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(answer.json()["generation"], 1);
    std::vector<std::string> subjects;
    const auto said = answer.json();
    for (const auto& problem : said["problems"]) {
        subjects.push_back(problem["code"].get<std::string>() + " " +
                           fs::path(problem["subject"].get<std::string>()).filename().string());
        EXPECT_NE(problem["remedy"], "") << problem;
    }
    EXPECT_EQ(subjects,
              (std::vector<std::string>{"CONFIG booking.min_notice", "CONFIG nonsense", "TEMPLATE sms_reminder.txt",
                                        "PLG-110 channel.console.config.colour"}));

    fs::remove(clinic_.server->directory() / "templates/sms_reminder.txt");
    std::ofstream(clinic_.server->directory() / "templates/sms_reminder.txt") << "Hello {patient_name}";
    clinic_.server->configure({"channel.console.config.colour = red"});
    answer = reload();
    EXPECT_EQ(answer.json()["problems"][0]["code"], "PLG-110") << answer.body;
    EXPECT_EQ(answer.json()["problems"][0]["subject"], "channel.console.config.colour");
    EXPECT_EQ(clinic_.book(booking(2, start_)).status, 201);
    EXPECT_TRUE(clinic_.server->awaitLines("EMAIL SENT", 1, 10s));
}

TEST_F(ReloadTest, AFaultyFileIsRefusedAndServesNobody) {
    clinic_.start();
    const fs::path build = std::getenv("ROTA_BUILD_DIR");
    const auto folder = clinic_.server->directory() / "plugins";
    fs::create_directory(folder);
    fs::copy(build / "plugins/console.so", folder / "truncated.so");
    fs::resize_file(folder / "truncated.so", fs::file_size(folder / "truncated.so") / 2);
    fs::copy(build / "plugins/console.so", folder / "writable.so");
    fs::permissions(folder / "writable.so", fs::perms::others_write, fs::perm_options::add);
    std::ofstream(folder / "text.so") << "no library";
    const std::vector<std::pair<std::string, std::string>> faults{{"truncated", "PLG-104"},
                                                                  {"text", "PLG-104"},
                                                                  {"writable", "PLG-103"},
                                                                  {"missing_library", "PLG-105"},
                                                                  {"other_major", "PLG-107"}};
    int hour = 9;
    for (const auto& [plugin, code] : faults) {
        clinic_.server->configure(
            {"channel.new.plugin = " + plugin, "notify.email.channels = new, console",
             fmt::format("plugin.directories = {0}, {1}/plugins, {1}/tests/plugins", folder.string(), build.string())});
        const auto answer = reload();
        EXPECT_EQ(answer.status, 422) << plugin;
        EXPECT_EQ(answer.json()["problems"][0]["code"], code) << answer.body;
        EXPECT_EQ(answer.json()["generation"], 1);
        clinic_.booked(2, isoAt(comingDay(std::chrono::Tuesday), fmt::format("{:02}:30", hour++)));
    }
    EXPECT_TRUE(clinic_.server->awaitLines("EMAIL SENT", faults.size(), 10s)) << clinic_.server->output();
}

TEST_F(ReloadTest, NamesWhatNeedsARestart) {
    clinic_.start();
    clinic_.server->configure({"http.port = 5999", "booking.min_notice = 3h", "log.level = debug"});
    const auto answer = reload();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.json()["needs_restart"], (json{"booking.min_notice"})) << "the port comes from the environment";
    EXPECT_EQ(answer.json()["changed"], json::array());
}

TEST_F(ReloadTest, AChannelGoesAtItsNewPaceAtOnce) {
    clinic_.start();
    clinic_.server->configure({"channel.console.rate_per_second = 1", "channel.console.in_doubt = resend"});
    const auto answer = reload();
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.json()["needs_restart"], json::array());
    EXPECT_EQ(answer.json()["changed"], json::array()) << "the plugin is not touched";
    const auto begun = steady_clock::now();
    for (const auto* time : {"10:00", "11:00", "14:00"})
        clinic_.booked(2, isoAt(comingDay(std::chrono::Tuesday), time));
    EXPECT_TRUE(clinic_.server->awaitLines("Subject: Appointment Confirmation", 3, 20s)) << clinic_.server->output();
    EXPECT_GE(steady_clock::now() - begun, 1500ms) << "three, a second apart";
}

TEST_F(ReloadTest, TemplatesAndTheLogsLevelFollowASignal) {
    clinic_.start();
    std::ofstream(clinic_.server->directory() / "templates/confirmation.subject.txt") << "Changed for {patient_name}";
    clinic_.server->configure({"log.level = error"});
    clinic_.server->send(SIGHUP);
    ASSERT_TRUE(awaitGeneration(*clinic_.server, 2));
    clinic_.booked(2, start_);
    EXPECT_TRUE(clinic_.server->awaitLines("Subject: Changed for Alice Thompson", 1, 10s)) << clinic_.server->output();
    EXPECT_EQ(clinic_.server->linesWith("reloaded"), 0U) << "that is said on a level that is no longer logged";
}

TEST_F(ReloadTest, OneReloadReachesAllServers) {
    clinic_.start();
    RotadProcess second(clinic_.options());
    ASSERT_EQ(reload().status, 200);
    EXPECT_TRUE(awaitGeneration(second, 2)) << second.output();
    second.send(SIGHUP);
    EXPECT_TRUE(awaitGeneration(*clinic_.server, 3)) << clinic_.server->output();
    // A refused one stays where it is.
    clinic_.server->configure({"nonsense = 1"});
    EXPECT_EQ(reload().status, 422);
    // Whoever was cut off follows when it is back.
    clinic_.database.endSessions();
    second.send(SIGHUP);
    EXPECT_TRUE(awaitGeneration(second, 4));
    EXPECT_TRUE(clinic_.server->awaitLines("another server was asked to reload", 2, 20s));
    EXPECT_EQ(generation(*clinic_.server), 3) << "its own configuration is still mistaken";
    EXPECT_EQ(second.stop(), 0) << second.output();
}

// As if another server had been asked while this one was at it.
TEST_F(ReloadTest, ARequestThatCameMeanwhileIsFollowedToo) {
    clinic_.start();
    ASSERT_EQ(reload().status, 200);
    clinic_.database.execute("UPDATE reload_requests SET number = number + 1");
    ASSERT_EQ(reload().status, 200);
    EXPECT_TRUE(awaitGeneration(*clinic_.server, 4)) << clinic_.server->output();
}

TEST_F(ReloadTest, APolicyInForceMakesEarlierDecisionsStale) {
    clinic_.start();
    const auto sum = [&] { return clinic_.database.number("SELECT SUM(calendar_version) FROM doctors"); };
    const auto before = sum();
    ASSERT_EQ(reload().status, 200);
    EXPECT_EQ(sum(), before) << "nothing has changed";
    clinic_.server->configure({"availability.doctor.3.plugin = standard"});
    ASSERT_EQ(reload().status, 200);
    EXPECT_EQ(sum(), before + clinic_.database.number("SELECT COUNT(*) FROM doctors"));
}

} // namespace
} // namespace rota::testing
