#include "plugin_host/plugin_file.hpp"
#include "support.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <thread>

namespace rota::testing {
namespace {

namespace fs = std::filesystem;
namespace problem = plugin_host::problem;
using domain::Medium;
using plugin_host::InstanceInfo;

/// A directory that holds one build of the ledger or the other, and a host that uses it.
class SwapTest : public ::testing::Test {
protected:
    SwapTest() { install("one"); }

    void install(const std::string& build) {
        const auto aside =
            directory_.write("ledger.so.new", readFile(ROTA_FIXTURE_DIRECTORY "/" + build + "/ledger.so"));
        fs::rename(aside, directory_.path() + "/ledger.so");
    }
    plugin_host::Settings ledger(plugin_host::PluginConfig config = {}) const {
        config.emplace("path", path_);
        auto wanted = settingsWith("ledger", Medium::Email, std::move(config));
        wanted.directories = {directory_.path(), ROTA_PLUGIN_DIRECTORY};
        return wanted;
    }
    /// The build that has each message; a message that two have counts twice.
    std::map<std::string, int> entries() const {
        std::map<std::string, int> counts;
        std::istringstream lines(readFile(path_));
        for (std::string build, id; lines >> build >> id;) {
            ++counts[id];
            ++counts[build];
        }
        return counts;
    }
    static std::string send(app::ChannelRegistry& channels, const std::string& id) {
        auto message = email("a@example.com");
        message.deliveryId = id;
        const auto result = channels.channels(Medium::Email).front()->send(message, 1);
        return result.status == app::SendStatus::Sent ? "" : result.error;
    }
    /// The copies of it that this process ever loaded.
    static std::set<std::string> mappedLedgers() {
        std::set<std::string> files;
        std::istringstream lines(readFile("/proc/self/maps"));
        for (std::string line; std::getline(lines, line);)
            if (line.ends_with("-ledger.so")) files.insert(line.substr(line.find('/')));
        return files;
    }
    bool ended(const std::string& builds) const {
        for (int i = 0; i < 500; ++i, std::this_thread::sleep_for(std::chrono::milliseconds{10}))
            if (fs::exists(path_ + ".ended") && readFile(path_ + ".ended") == builds) return true;
        return false;
    }

    /// Whether so many instances are there, once those of earlier generations have come to their ends.
    static bool serves(const plugin_host::PluginHost& host, std::size_t count) {
        for (int i = 0; i < 500 && host.instances().size() > count; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        return host.instances().size() == count;
    }

    FixedClock clock_;
    TemporaryDirectory directory_;
    const std::string path_ = directory_.path() + "/entries";
};

TEST_F(SwapTest, TheNewFileServesAndTheOldOneEnds) {
    const auto host = loaded(ledger(), clock_);
    EXPECT_EQ(send(*host, "m1"), "");
    install("two");
    const auto swap = host->swap(ledger());
    ASSERT_TRUE(swap);
    EXPECT_EQ(swap->generation, 2U);
    EXPECT_EQ(swap->changed, std::vector<std::string>{"channel.test"});
    EXPECT_FALSE(swap->policies);
    EXPECT_EQ(send(*host, "m2"), "");
    EXPECT_EQ(readFile(path_), "one m1\ntwo m2\n");
    EXPECT_TRUE(ended("one\n"));
    EXPECT_TRUE(serves(*host, 2));
    EXPECT_EQ(host->instances()[0].version, "two");
    EXPECT_EQ(host->instances()[0].generation, 2U);
    EXPECT_EQ(host->instances()[0].calls.calls, 2U) << "its health, and a message";
}

TEST_F(SwapTest, WhatIsHeldServesOnAndDrains) {
    const auto host = loaded(ledger(), clock_);
    auto held = host->channels(Medium::Email);
    install("two");
    ASSERT_TRUE(host->swap(ledger()));
    const auto all = host->instances();
    EXPECT_EQ(std::ranges::count(all, InstanceInfo::State::Draining, &InstanceInfo::state), 2);
    EXPECT_EQ(held.front()->send(email("a@example.com"), 1).status, app::SendStatus::Sent);
    EXPECT_EQ(readFile(path_), "one delivery-7\n");
    EXPECT_FALSE(fs::exists(path_ + ".ended"));
    held.clear();
    EXPECT_TRUE(ended("one\n"));
    EXPECT_TRUE(serves(*host, 2));
}

TEST_F(SwapTest, AnythingWrongLeavesTheOldOneServing) {
    const auto host = loaded(ledger(), clock_);
    const auto expectRefused = [&](const plugin_host::Settings& wanted, std::string_view code) {
        const auto swap = host->swap(wanted);
        ASSERT_FALSE(swap);
        EXPECT_EQ(swap.error().front().code, code) << swap.error().front().text();
        EXPECT_EQ(host->generation(), 1U);
        EXPECT_EQ(send(*host, "m"), "");
    };
    expectRefused(ledger({{"colour", "red"}}), problem::kUnknownKey);
    expectRefused(ledger({{"sick", "true"}}), problem::kUnhealthy);
    auto without = ledger();
    without.availability.plugin = "nowhere";
    expectRefused(without, problem::kMissing);
    directory_.write("ledger.so", "no library");
    expectRefused(ledger(), problem::kWrongMachine);
    EXPECT_EQ(entries()["one"], 4);
}

TEST_F(SwapTest, OnlyThePinnedFileIsLoaded) {
    EXPECT_EQ((plugin_host::PluginFile{"", "abc"}.sha256()),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const auto sumOf = [](const std::string& path) { return plugin_host::PluginFile{path, readFile(path)}.sha256(); };
    const auto one = sumOf(directory_.path() + "/ledger.so");
    for (const bool isolated : {false, true}) {
        install("one");
        auto wanted = ledger();
        wanted.channels[0].isolated = isolated;
        wanted.channels[0].sha256 = one;
        const auto host = loaded(wanted, clock_);
        install("two");
        const auto swap = host->swap(wanted);
        ASSERT_FALSE(swap);
        const auto& found = swap.error().front();
        EXPECT_EQ(found.code, problem::kPin);
        EXPECT_EQ(found.subject, "channel.test.sha256");
        const auto two = sumOf(directory_.path() + "/ledger.so");
        EXPECT_NE(found.cause.find(directory_.path() + "/ledger.so, whose sum is " + two), std::string::npos)
            << found.text();
        EXPECT_EQ(send(*host, "m"), "") << "the old one serves on";
        EXPECT_EQ(host->instances()[0].version, "one");
        wanted.channels[0].sha256 = two;
        ASSERT_TRUE(host->swap(wanted));
        EXPECT_EQ(host->instances()[0].version, "two");
    }
    auto pinned = settings();
    pinned.availability.sha256 = one;
    EXPECT_EQ(theProblem(pinned).subject, "availability.default.sha256");
}

// An outage of one provider does not keep the others from being changed.
TEST_F(SwapTest, AnInstanceThatIsAsBeforeMayBeIll) {
    auto wanted = ledger({{"sick", "true"}});
    const auto host = loaded(wanted, clock_);
    wanted.channels.push_back({"second", "console", {}, std::chrono::seconds{1}});
    const auto swap = host->swap(wanted);
    ASSERT_TRUE(swap);
    EXPECT_EQ(swap->changed, std::vector<std::string>{"channel.second"});
}

TEST_F(SwapTest, NothingNewIsNoChangeAndTheSameLibrary) {
    const auto host = loaded(ledger(), clock_);
    const auto before = mappedLedgers();
    for (int i = 0; i < 3; ++i) {
        const auto swap = host->swap(ledger());
        ASSERT_TRUE(swap);
        EXPECT_TRUE(swap->changed.empty());
    }
    EXPECT_EQ(host->generation(), 4U);
    EXPECT_EQ(mappedLedgers(), before) << "an unchanged file was loaded a second time";
}

TEST_F(SwapTest, ABuildThatComesBackIsLoadedOnce) {
    const auto host = loaded(ledger(), clock_);
    const auto before = mappedLedgers().size();
    for (const auto* build : {"two", "one", "two", "one"}) {
        install(build);
        ASSERT_TRUE(host->swap(ledger()));
        EXPECT_EQ(host->instances()[0].version, build);
    }
    EXPECT_EQ(mappedLedgers().size(), before + 1);
}

/// A policy of the fixture `hanging`.
class HangingPolicyTest : public ::testing::Test {
protected:
    plugin_host::Settings hanging(const std::string& where) const {
        auto wanted = settings();
        wanted.availability = {"hanging", {{where, file_}}};
        return wanted;
    }
    void hang() const { directory_.write("hang", ""); }
    void goOn() const { fs::remove(file_); }

    FixedClock clock_;
    TemporaryDirectory directory_;
    const std::string file_ = directory_.path() + "/hang";
};

TEST_F(HangingPolicyTest, ThoseBehindACallThatHangsAreToldSo) {
    const auto host = loaded(hanging("in_calls"), clock_);
    const auto policy = host->forDoctor({});
    hang();
    const std::jthread first([&] { policy->slots({}); });
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    std::atomic<bool> told{false};
    std::jthread second([&] {
        EXPECT_THROW(policy->slots({}), app::PolicyError);
        told = true;
    });
    for (int i = 0; i < 1000 && !told; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    EXPECT_TRUE(told);
    goOn();
    second.join();
    EXPECT_TRUE(policy->slots({}).empty()) << "it came back";
}

TEST_F(HangingPolicyTest, WhatDoesNotComeToItsEndIsListed) {
    const auto host = loaded(hanging("at_end"), clock_);
    hang();
    ASSERT_TRUE(host->swap(settings()));
    const auto draining = [&] {
        const auto all = host->instances();
        return std::ranges::count(all, InstanceInfo::State::Draining, &InstanceInfo::state);
    };
    std::this_thread::sleep_for(std::chrono::milliseconds{300});
    EXPECT_EQ(draining(), 1);
    EXPECT_EQ(host->instances().back().name, "availability.default");
    EXPECT_EQ(host->instances().back().generation, 1U);
    goOn();
    for (int i = 0; i < 500 && draining() > 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    EXPECT_EQ(draining(), 0);
}

TEST_F(SwapTest, APolicyAmongTheChangesIsTold) {
    const auto host = loaded(ledger(), clock_);
    auto wanted = ledger();
    wanted.availabilityByDoctor[base::DoctorId{3}] = {"standard", {}};
    const auto swap = host->swap(wanted);
    ASSERT_TRUE(swap);
    EXPECT_EQ(swap->changed, std::vector<std::string>{"availability.doctor.3"});
    EXPECT_TRUE(swap->policies);
}

TEST_F(SwapTest, UnderLoadEveryMessageGoesOnce) {
    const auto host = loaded(ledger({{"pause_ms", "1"}}), clock_);
    std::atomic<int> next{0};
    std::atomic<int> refused{0};
    std::atomic<bool> done{false};
    std::vector<std::thread> senders;
    for (int i = 0; i < 8; ++i)
        senders.emplace_back([&] {
            while (!done)
                if (!send(*host, "m" + std::to_string(++next)).empty()) ++refused;
        });
    for (int i = 0; i < 20; ++i) {
        install(i % 2 == 0 ? "two" : "one");
        ASSERT_TRUE(host->swap(ledger({{"pause_ms", "1"}})));
    }
    done = true;
    for (auto& sender : senders)
        sender.join();
    EXPECT_EQ(refused, 0);
    auto counts = entries();
    EXPECT_GT(counts["one"], 0);
    EXPECT_GT(counts["two"], 0);
    for (int i = 1; i <= next; ++i)
        EXPECT_EQ(counts["m" + std::to_string(i)], 1) << i;
}

} // namespace
} // namespace rota::testing
