#include "clinic.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>

namespace rota::testing {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

/// A clinic whose mails go through a plugin that breaks where the address says so.
class IsolatedDeliveryTest : public ::testing::Test {
protected:
    IsolatedDeliveryTest() {
        options_ = clinic_.options();
        options_.settings = {
            fmt::format("plugin.directories = {0}/tests/plugins, {0}/plugins", std::getenv("ROTA_BUILD_DIR")),
            "channel.broken.plugin = broken", "notify.email.channels = broken"};
    }

    /// Books for somebody with that address; the confirmation's job.
    std::int64_t bookedFor(const std::string& address, const std::string& time) {
        const auto patient =
            clinic_.database.number(fmt::format("INSERT INTO patients (name, email, phone, date_of_birth, name_key) "
                                                "VALUES ('P', "
                                                "'{}@example.com', '212-555-0199', '1990-01-01', '{}') RETURNING id",
                                                address, time));
        const auto answer = clinic_.book(booking(2, isoAt(day_, time), 30, "standard", patient));
        EXPECT_EQ(answer.status, 201) << answer.body;
        return clinic_.database.number(fmt::format("SELECT id FROM jobs WHERE kind = 'confirmation' AND "
                                                   "appointment_id = {}",
                                                   answer.json()["id"].get<std::int64_t>()));
    }
    std::string stateOf(std::int64_t job) {
        return clinic_.database.value(fmt::format("SELECT state FROM jobs WHERE id = {}", job));
    }
    std::string awaitState(std::int64_t job, const std::string& wanted) {
        for (const auto end = steady_clock::now() + 40s; steady_clock::now() < end; std::this_thread::sleep_for(20ms))
            if (stateOf(job) == wanted) break;
        return stateOf(job);
    }
    nlohmann::json plugins() const {
        return HttpClient{clinic_.server->operationsPort()}.get("/admin/plugins").json()["plugins"];
    }
    /// The process of the broken channel, once it is there.
    pid_t process() const {
        for (const auto end = steady_clock::now() + 20s; steady_clock::now() < end; std::this_thread::sleep_for(20ms))
            for (const auto& plugin : plugins())
                if (plugin["name"] == "channel.broken" && !plugin["pids"].empty()) return plugin["pids"][0];
        return 0;
    }
    static bool gone(pid_t process) {
        for (const auto end = steady_clock::now() + 5s; steady_clock::now() < end; std::this_thread::sleep_for(10ms))
            if (!fs::exists(fmt::format("/proc/{}", process))) return true;
        return false;
    }

    Clinic clinic_;
    RotadOptions options_;
    const base::Date day_ = comingDay(std::chrono::Tuesday);
};

TEST_F(IsolatedDeliveryTest, ChannelsAreIsolatedUnlessTheConfigurationSaysOtherwise) {
    clinic_.start(options_);
    for (const auto& plugin : plugins()) {
        EXPECT_EQ(plugin["isolation"], plugin["name"] == "channel.broken" ? "process" : "none") << plugin;
        EXPECT_EQ(plugin["pids"].size(), plugin["name"] == "channel.broken" ? 1U : 0U);
    }
    EXPECT_EQ(clinic_.server->stop(), 0);

    options_.settings.push_back("channel.broken.isolation = none");
    clinic_.start(options_);
    for (const auto& plugin : plugins())
        EXPECT_EQ(plugin["isolation"], "none");
    EXPECT_EQ(awaitState(bookedFor("well", "10:00"), "sent"), "sent");
    EXPECT_EQ(clinic_.server->stop(), 0);
}

TEST_F(IsolatedDeliveryTest, ABrokenPluginTakesOneMessageWithItAndNothingElse) {
    options_.settings.push_back("channel.broken.timeout = 1s");
    clinic_.start(options_);
    const auto before = bookedFor("well", "09:00");
    EXPECT_EQ(awaitState(before, "sent"), "sent");
    const std::vector<std::pair<std::string, std::string>> kinds{
        {"segfault", "10:00"}, {"abort", "11:00"}, {"throw", "12:00"}, {"loop", "13:00"}};
    for (const auto& [kind, time] : kinds) {
        ASSERT_NE(process(), 0);
        const auto doubtful = bookedFor(kind, time);
        EXPECT_EQ(awaitState(doubtful, "unknown"), "unknown") << kind << clinic_.server->output();
    }
    EXPECT_EQ(awaitState(bookedFor("well", "14:00"), "sent"), "sent") << clinic_.server->output();
    EXPECT_EQ(clinic_.get("/readyz").status, 200);
    EXPECT_GE(clinic_.server->linesWith("plugin process ended"), kinds.size());
    EXPECT_EQ(clinic_.server->stop(), 0) << clinic_.server->output();
}

TEST_F(IsolatedDeliveryTest, AChannelInQuarantineIsNamedAndBookingsGoOn) {
    clinic_.start(options_);
    for (int crash = 0; crash < 5; ++crash) {
        ASSERT_NE(process(), 0);
        const auto doubtful = bookedFor("segfault", fmt::format("1{}:00", crash));
        EXPECT_EQ(awaitState(doubtful, "unknown"), "unknown");
    }
    ASSERT_TRUE(clinic_.server->awaitLines("plugin quarantined", 1, 10s)) << clinic_.server->output();
    const auto ready = clinic_.get("/readyz");
    EXPECT_EQ(ready.status, 200) << "a balancer would take it away from those who book";
    EXPECT_EQ(ready.json(),
              (nlohmann::json{{"status", "degraded"}, {"database", "ok"}, {"redis", "ok"}, {"plugins", "down"}}));
    bookedFor("well", "15:00");
    HttpClient operations{clinic_.server->operationsPort()};
    const auto metrics = [&] { return operations.get("/metrics").body; };
    const std::string broken = "rota_channel_broken{channel=\"broken\"} 1";
    for (const auto end = steady_clock::now() + 10s; steady_clock::now() < end; std::this_thread::sleep_for(50ms))
        if (metrics().find(broken) != std::string::npos) break;
    ASSERT_THAT(metrics(), HasSubstr(broken));

    ASSERT_EQ(operations.request("POST", "/admin/plugins/reload").status, 200);
    EXPECT_EQ(clinic_.get("/readyz").json()["status"], "ready");
    EXPECT_EQ(metrics().find(broken), std::string::npos);
    // Not only after the pause that a broken channel is given.
    const auto begun = steady_clock::now();
    EXPECT_EQ(awaitState(bookedFor("well", "16:00"), "sent"), "sent");
    EXPECT_LT(steady_clock::now() - begun, 10s);
    EXPECT_EQ(clinic_.server->stop(), 0) << clinic_.server->output();
}

TEST_F(IsolatedDeliveryTest, NoProcessIsLeftBehind) {
    clinic_.start(options_);
    auto child = process();
    EXPECT_EQ(clinic_.server->stop(), 0);
    EXPECT_TRUE(gone(child));

    clinic_.start(options_);
    child = process();
    clinic_.server->send(SIGKILL);
    EXPECT_EQ(clinic_.server->awaitExit(5s), 128 + SIGKILL);
    EXPECT_TRUE(gone(child)) << "it outlived its server";
}

TEST_F(IsolatedDeliveryTest, AMessageUnderWayIsFinishedAtAStop) {
    clinic_.start(options_);
    const auto slow = bookedFor("slow", "10:00");
    ASSERT_TRUE(clinic_.server->awaitLines("the plugin takes its time", 1, 30s)) << clinic_.server->output();
    EXPECT_EQ(clinic_.server->stop(), 0) << clinic_.server->output();
    EXPECT_EQ(stateOf(slow), "sent");
}

TEST_F(IsolatedDeliveryTest, AHungProviderDoesNotHoldUpAStop) {
    clinic_.start(options_);
    const auto child = process();
    const auto hung = bookedFor("loop", "10:00");
    ASSERT_TRUE(clinic_.server->awaitLines("the plugin hangs", 1, 30s)) << clinic_.server->output();
    EXPECT_EQ(clinic_.server->stop(), 0) << clinic_.server->output();
    EXPECT_EQ(stateOf(hung), "unknown") << "it may have been sent";
    EXPECT_TRUE(gone(child));
}

TEST_F(IsolatedDeliveryTest, NorDoesOneThatHangsInTheServerItself) {
    options_.settings.push_back("channel.broken.isolation = none");
    clinic_.start(options_);
    const auto hung = bookedFor("loop", "10:00");
    ASSERT_TRUE(clinic_.server->awaitLines("the plugin hangs", 1, 30s)) << clinic_.server->output();
    EXPECT_EQ(clinic_.server->stop(), 0) << clinic_.server->output();
    EXPECT_EQ(clinic_.server->linesWith("stopped without waiting"), 1U);
    EXPECT_EQ(stateOf(hung), "running");

    // Its lease runs out.
    options_.clock = machineTime() + 2min;
    clinic_.start(options_);
    EXPECT_EQ(awaitState(hung, "unknown"), "unknown");
    EXPECT_EQ(clinic_.server->stop(), 0) << clinic_.server->output();
}

TEST_F(IsolatedDeliveryTest, AStopDoesNotWaitForAReload) {
    clinic_.start(options_);
    auto settings = options_.settings;
    settings.push_back("channel.new.plugin = broken_hang");
    clinic_.server->configure(settings);
    clinic_.server->send(SIGHUP);
    std::this_thread::sleep_for(1s);
    EXPECT_EQ(clinic_.server->stop(), 0) << clinic_.server->output();
}

TEST_F(IsolatedDeliveryTest, TheProcessSeesTheServersClock) {
    options_.clock = machineTime() + 72h;
    clinic_.start(options_);
    const auto job = bookedFor("clock", "10:00");
    ASSERT_EQ(awaitState(job, "sent"), "sent");
    const auto seen = base::fromUnixMs(
        std::stoll(clinic_.database.value(fmt::format("SELECT provider_message_id FROM jobs WHERE id = {}", job))));
    EXPECT_LT(std::chrono::abs(clinic_.server->clock() - seen), 30s);
    EXPECT_EQ(clinic_.server->stop(), 0);
}

TEST_F(IsolatedDeliveryTest, ABrokenCandidateIsRefusedAtTheStartAndAtAReload) {
    clinic_.start(options_);
    for (const auto* isolation : {"process", "none"}) {
        auto settings = options_.settings;
        settings.insert(settings.end(),
                        {"channel.new.plugin = broken_create", fmt::format("channel.new.isolation = {}", isolation)});
        clinic_.server->configure(settings);
        const auto answer = HttpClient{clinic_.server->operationsPort()}.request("POST", "/admin/plugins/reload");
        EXPECT_EQ(answer.status, 422);
        EXPECT_EQ(answer.json()["problems"][0]["code"], "PLG-120") << answer.body;
    }
    EXPECT_EQ(awaitState(bookedFor("well", "10:00"), "sent"), "sent");
    EXPECT_EQ(clinic_.server->stop(), 0);
    options_.settings.push_back("channel.new.plugin = broken_create");
    try {
        clinic_.start(options_);
        FAIL() << "it started";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("PLG-120"));
        EXPECT_THAT(error.what(), HasSubstr("broken_create.so"));
    }
}

} // namespace
} // namespace rota::testing
