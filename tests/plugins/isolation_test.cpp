#include "plugin_host/isolation/process.hpp"
#include "support.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <sstream>
#include <thread>

namespace rota::testing {
namespace {

namespace fs = std::filesystem;
namespace problem = plugin_host::problem;
using app::SendStatus;
using domain::Medium;
using plugin_host::InstanceInfo;
using Steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

class IsolationTest : public ::testing::Test {
protected:
    static plugin_host::Settings isolated(const std::string& plugin, plugin_host::PluginConfig config = {}) {
        auto wanted = settingsWith(plugin, Medium::Email, std::move(config));
        wanted.channels[0].isolated = true;
        return wanted;
    }
    void load(const plugin_host::Settings& wanted) {
        host_ = loaded(wanted, clock_);
        channel_ = host_->channels(Medium::Email).at(0);
    }
    app::SendResult send(const std::string& to) { return channel_->send(email(to + "@example.com"), 1); }
    InstanceInfo info() const { return host_->instances().at(0); }

    /// Whether it serves, or comes to within some seconds.
    bool awaitState(InstanceInfo::State state) const {
        for (const auto end = Steady::now() + 20s; Steady::now() < end; std::this_thread::sleep_for(10ms))
            if (info().state == state) return true;
        return false;
    }
    static std::size_t openFiles() {
        const fs::directory_iterator files("/proc/self/fd");
        return static_cast<std::size_t>(std::distance(begin(files), end(files)));
    }
    /// A process that ended and was waited for is gone from there.
    static bool runs(pid_t process) { return fs::exists("/proc/" + std::to_string(process)); }

    FixedClock clock_;
    std::unique_ptr<plugin_host::PluginHost> host_;
    std::shared_ptr<app::Channel> channel_;
};

TEST_F(IsolationTest, RunsInAProcessOfItsOwnThatHasNothingOfOurs) {
    const Environment key("ROTA_TEST_KEY", "s3cret-value");
    load(isolated("broken"));
    const auto serving = info();
    EXPECT_TRUE(serving.isolated);
    EXPECT_EQ(serving.version, "1.0.0");
    ASSERT_EQ(serving.processes.size(), 1U);
    EXPECT_EQ(send("environment").status, SendStatus::Sent);
    const auto proc = "/proc/" + std::to_string(serving.processes[0]);
    EXPECT_EQ(readFile(proc + "/environ"), "");
    EXPECT_EQ(readFile(proc + "/cmdline").find("s3cret"), std::string::npos);
    EXPECT_NE(readFile(proc + "/status").find("NoNewPrivs:\t1"), std::string::npos);
    std::size_t sockets = 0;
    for (const auto& file : fs::directory_iterator(proc + "/fd")) {
        std::error_code ignored;
        sockets += fs::read_symlink(file, ignored).string().starts_with("socket:") ? 1 : 0;
    }
    EXPECT_EQ(sockets, 1U) << "ours are not its";
    host_.reset();
    channel_.reset();
    EXPECT_FALSE(runs(serving.processes[0]));
}

TEST_F(IsolationTest, TakesAMessageOfManyMegabytes) {
    load(isolated("broken"));
    auto message = email("size@example.com");
    message.attachments.push_back({"scan.pdf", "application/pdf", std::string(20 << 20, 'x')});
    EXPECT_EQ(channel_->send(message, 1).providerMessageId, std::to_string(20 << 20));
}

TEST_F(IsolationTest, SeesOurClock) {
    load(isolated("broken"));
    for (const auto shift : {0h, 48h, -200h}) {
        clock_.set(base::fromUnixMs(1'773'000'000'000) + shift);
        const auto seen = std::stoll(send("clock").providerMessageId);
        const auto late = seen - base::toUnixMs(clock_.now());
        EXPECT_GE(late, -1);
        EXPECT_LT(late, 1000);
    }
}

/// What its message makes a plugin do to its process.
class CrashTest : public IsolationTest, public ::testing::WithParamInterface<const char*> {};

INSTANTIATE_TEST_SUITE_P(OfEachKind, CrashTest, ::testing::Values("segfault", "abort", "exit", "throw", "nonsense"),
                         [](const auto& kind) { return std::string(kind.param); });

TEST_P(CrashTest, LeavesTheMessageInDoubtAndIsStartedAgain) {
    load(isolated("broken"));
    const auto first = info().processes.at(0);
    EXPECT_EQ(send(GetParam()).status, SendStatus::UnknownOutcome);
    // What never reached a process is certain not to have been sent.
    const auto next = send("well");
    EXPECT_TRUE(next.status == SendStatus::Retry || info().state == InstanceInfo::State::Serving) << next.error;
    ASSERT_TRUE(awaitState(InstanceInfo::State::Serving));
    EXPECT_EQ(send("well").status, SendStatus::Sent);
    EXPECT_EQ(info().restarts, 1U);
    EXPECT_NE(info().processes.at(0), first);
    EXPECT_GE(info().calls.errors, 1U);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // their processes have no limit
INSTANTIATE_TEST_SUITE_P(OfMemory, CrashTest, ::testing::Values("leak"),
                         [](const auto& kind) { return std::string(kind.param); });
#endif

TEST_F(IsolationTest, ACallThatDoesNotComeBackIsGivenUpAndItsProcessEnded) {
    auto wanted = isolated("broken");
    wanted.channels[0].timeout = 200ms;
    load(wanted);
    const auto process = info().processes.at(0);
    const auto begin = Steady::now();
    EXPECT_EQ(send("loop").status, SendStatus::UnknownOutcome);
    EXPECT_GE(Steady::now() - begin, 2200ms);
    EXPECT_LT(Steady::now() - begin, 10s);
    ASSERT_TRUE(awaitState(InstanceInfo::State::Serving));
    EXPECT_FALSE(runs(process));
    EXPECT_EQ(send("well").status, SendStatus::Sent);
}

TEST_F(IsolationTest, ACallIsCancelledAtItsDeadlineAndItsProcessServesOn) {
    auto wanted = isolated("broken");
    wanted.channels[0].timeout = 300ms;
    load(wanted);
    const auto process = info().processes.at(0);
    const auto begin = Steady::now();
    EXPECT_EQ(send("patient").status, SendStatus::Retry) << "nothing was sent";
    EXPECT_GE(Steady::now() - begin, 300ms);
    EXPECT_LT(Steady::now() - begin, 2s);
    EXPECT_EQ(send("well").status, SendStatus::Sent);
    EXPECT_EQ(info().processes.at(0), process);
}

// A process that is stopped, or swapped out, may read a call late; the one who waits for it began to wait before, and
// gives it up two seconds after the deadline.
TEST_F(IsolationTest, ADeadlineIsTheServersAlsoForAProcessThatReadsLate) {
    auto wanted = isolated("broken");
    wanted.channels[0].timeout = 3s;
    load(wanted);
    const auto process = info().processes.at(0);
    ASSERT_EQ(::kill(process, SIGSTOP), 0);
    std::jthread later([&] {
        std::this_thread::sleep_for(3200ms);
        ::kill(process, SIGCONT);
    });
    EXPECT_EQ(send("patient").status, SendStatus::Retry) << "it began to count when it read";
    EXPECT_EQ(info().processes.at(0), process);
}

TEST_F(IsolationTest, IsQuarantinedAfterFiveCrashesUntilAReload) {
    const TemporaryDirectory directory;
    const auto install = [&](const std::string& bytes) {
        fs::rename(directory.write("new", bytes), directory.path() + "/broken.so");
    };
    const auto build = readFile(ROTA_FIXTURE_DIRECTORY "/broken.so");
    auto wanted = isolated("broken");
    wanted.directories = {directory.path(), ROTA_PLUGIN_DIRECTORY};
    install(build);
    load(wanted);
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(awaitState(InstanceInfo::State::Serving)) << i;
        ::kill(info().processes.at(0), SIGKILL);
        while (info().state == InstanceInfo::State::Serving)
            std::this_thread::sleep_for(1ms);
    }
    ASSERT_TRUE(awaitState(InstanceInfo::State::Quarantined));
    const auto refused = send("well");
    EXPECT_EQ(refused.status, SendStatus::Broken) << "its messages are held or go another way";
    EXPECT_NE(refused.error.find("until a reload"), std::string::npos);

    // A file that is no better does not make it worse, nor does a better one serve before it is asked for.
    install(build.substr(0, build.size() / 2));
    EXPECT_FALSE(host_->swap(wanted));
    install(build + "another build");
    EXPECT_EQ(info().state, InstanceInfo::State::Quarantined);
    const auto swap = host_->swap(wanted);
    ASSERT_TRUE(swap) << swap.error().front().text();
    EXPECT_EQ(swap->changed, std::vector<std::string>{"channel.test"});
    channel_ = host_->channels(Medium::Email).at(0);
    EXPECT_EQ(info().state, InstanceInfo::State::Serving);
    EXPECT_EQ(send("well").status, SendStatus::Sent);
}

TEST_F(IsolationTest, AQuarantineWaitsForTheCallsOfOtherProcesses) {
    auto wanted = isolated("broken");
    wanted.channels[0].timeout = 3s;
    wanted.channels[0].processes = 2;
    load(wanted);
    const auto bothServe = [&] {
        for (const auto end = Steady::now() + 20s; Steady::now() < end; std::this_thread::sleep_for(10ms))
            if (info().processes.size() == 2) return true;
        return false;
    };
    const auto killSecond = [&] {
        ASSERT_TRUE(bothServe());
        ::kill(info().processes.back(), SIGKILL);
        while (info().processes.size() == 2)
            std::this_thread::sleep_for(1ms);
    };
    for (int i = 0; i < 4; ++i)
        killSecond();
    ASSERT_TRUE(bothServe());
    const auto first = info().processes.front();
    app::SendResult slow;
    {
        const std::jthread sender([&] { slow = send("patient"); });
        std::this_thread::sleep_for(500ms);
        killSecond();
        EXPECT_TRUE(awaitState(InstanceInfo::State::Quarantined));
        EXPECT_EQ(send("well").status, SendStatus::Broken) << "no more come to it";
    }
    EXPECT_EQ(slow.status, SendStatus::Retry) << "its own process was well, and says that nothing was sent";
    for (const auto end = Steady::now() + 10s; runs(first) && Steady::now() < end;)
        std::this_thread::sleep_for(10ms);
    EXPECT_FALSE(runs(first));
}

// Nothing can be kept of a process that there is no descriptor for.
TEST_F(IsolationTest, WithoutADescriptorNoProcessIsStarted) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit few{256, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    std::vector<base::FileDescriptor> taken;
    for (int file = ::dup(0); file >= 0; file = ::dup(0))
        taken.emplace_back(file);
    taken.resize(taken.size() - 2); // a pair of sockets
    EXPECT_EQ(plugin_host::isolation::Process::start(plugin_host::isolation::Process::program()), nullptr);
    taken.clear();
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    EXPECT_NE(plugin_host::isolation::Process::start(plugin_host::isolation::Process::program()), nullptr);
}

TEST_F(IsolationTest, WhatBreaksBeforeItServesIsRefused) {
    auto found = theProblem(isolated("broken_create"));
    EXPECT_EQ(found.code, problem::kCrash);
    EXPECT_NE(found.cause.find("while it was created"), std::string::npos) << found.text();
    EXPECT_EQ(found.subject, ROTA_FIXTURE_DIRECTORY "/broken_create.so");
    EXPECT_EQ(theProblem(isolated("other_major")).code, problem::kAbi);
    EXPECT_EQ(theProblem(isolated("missing_library")).code, problem::kLoad);
    EXPECT_EQ(theProblem(isolated("pure_c", {{"colour", "red"}})).code, problem::kUnknownKey);
    EXPECT_EQ(theProblem(isolated("pure_c", {{"api_key", "${env:ROTA_NO_SUCH_KEY}"}})).code, problem::kSecret);
    EXPECT_EQ(theProblem(isolated("standard")).code, problem::kWrongKind);
}

TEST_F(IsolationTest, WhatHangsBeforeItServesIsRefused) {
    const auto found = theProblem(isolated("broken_hang"));
    EXPECT_EQ(found.code, problem::kCrash);
    EXPECT_NE(found.cause.find("did not come back while it was activated"), std::string::npos) << found.text();
}

TEST_F(IsolationTest, WhatBreaksAtItsEndIsContained) {
    load(isolated("broken_destroy"));
    EXPECT_EQ(send("well").status, SendStatus::Sent);
    const auto process = info().processes.at(0);
    channel_.reset();
    host_.reset();
    EXPECT_FALSE(runs(process));
}

TEST_F(IsolationTest, CallsRunAtOnceWhereThePluginOrMoreProcessesAllowIt) {
    const TemporaryDirectory directory;
    const auto eightTake = [&] {
        const auto begin = Steady::now();
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 8; ++i)
                threads.emplace_back([&] { EXPECT_EQ(send("slow").status, SendStatus::Sent); });
        }
        return Steady::now() - begin;
    };
    load(isolated("broken"));
    const auto oneAtATime = eightTake();
    EXPECT_GE(oneAtATime, 1600ms);

    auto reentrant = isolated("ledger", {{"path", directory.path() + "/entries"}, {"pause_ms", "200"}});
    reentrant.directories.push_back(ROTA_FIXTURE_DIRECTORY "/one");
    load(reentrant);
    EXPECT_LT(eightTake(), oneAtATime);

    auto four = isolated("broken");
    four.channels[0].processes = 4;
    load(four);
    EXPECT_EQ(info().processes.size(), 4U);
    EXPECT_LT(eightTake(), oneAtATime);
}

TEST_F(IsolationTest, KilledAgainAndAgainUnderLoadEachMessageHasOneResult) {
    const TemporaryDirectory directory;
    const auto path = directory.path() + "/entries";
    auto wanted = isolated("ledger", {{"path", path}, {"pause_ms", "1"}});
    wanted.directories.push_back(ROTA_FIXTURE_DIRECTORY "/one");
    wanted.channels[0].processes = 2;
    load(wanted);
    std::atomic<int> next{0};
    std::atomic<bool> done{false};
    std::mutex mutex;
    std::map<SendStatus, std::vector<std::string>> results;
    std::vector<std::thread> senders;
    for (int i = 0; i < 6; ++i)
        senders.emplace_back([&] {
            while (!done) {
                auto message = email("a@example.com");
                message.deliveryId = "m" + std::to_string(++next);
                const auto status = channel_->send(message, 1).status;
                {
                    const std::scoped_lock lock(mutex);
                    results[status].push_back(message.deliveryId);
                }
                if (status != SendStatus::Sent) std::this_thread::sleep_for(5ms);
            }
        });
    for (int i = 0; i < 3; ++i) {
        std::this_thread::sleep_for(300ms);
        for (const auto process : info().processes)
            if (i % 2 == 0 || process == info().processes.back()) ::kill(process, SIGKILL);
    }
    std::this_thread::sleep_for(500ms);
    done = true;
    for (auto& sender : senders)
        sender.join();

    std::map<std::string, int> written;
    std::istringstream lines(readFile(path));
    for (std::string build, id; lines >> build >> id;)
        ++written[id];
    EXPECT_GT(results[SendStatus::Sent].size(), 100U);
    for (const auto& id : results[SendStatus::Sent])
        EXPECT_EQ(written[id], 1) << id;
    for (const auto& id : results[SendStatus::Retry])
        EXPECT_EQ(written[id], 0) << id << " was to be sent again";
    EXPECT_TRUE(std::ranges::all_of(written, [](const auto& entry) { return entry.second <= 1; }));
}

TEST_F(IsolationTest, LeavesNoFileOpenAndNoProcess) {
    load(isolated("broken"));
    const auto before = openFiles();
    std::vector<pid_t> processes;
    for (int i = 0; i < 10; ++i) {
        ASSERT_TRUE(host_->swap(isolated("broken")));
        channel_ = host_->channels(Medium::Email).at(0);
        processes.push_back(info().processes.at(0));
    }
    // One after the other, each a second long where a sanitizer waits for other threads at an exit.
    for (int i = 0; i < 2000 && openFiles() > before; ++i)
        std::this_thread::sleep_for(10ms);
    EXPECT_EQ(openFiles(), before);
    EXPECT_EQ(std::ranges::count_if(processes, runs), 1);
}

/// Built as others build: with the C++ library linked in, and by another compiler with a C++ library of its own.
class ForeignBuildTest : public IsolationTest, public ::testing::WithParamInterface<std::tuple<const char*, bool>> {};

INSTANTIATE_TEST_SUITE_P(OfEachKind, ForeignBuildTest,
                         ::testing::Combine(::testing::Values("static", "clang"), ::testing::Bool()),
                         [](const auto& build) {
                             return std::string(std::get<0>(build.param)) +
                                    (std::get<1>(build.param) ? "_process" : "_none");
                         });

TEST_P(ForeignBuildTest, WorksAndItsExceptionsStayInside) {
    auto wanted = settingsWith("throwing", Medium::Email);
    wanted.directories.insert(wanted.directories.begin(),
                              std::string(ROTA_FIXTURE_DIRECTORY "/") + std::get<0>(GetParam()));
    wanted.channels[0].isolated = std::get<1>(GetParam());
    load(wanted);
    EXPECT_NE(info().file.find(std::get<0>(GetParam())), std::string::npos);
    EXPECT_EQ(channel_->send(email("fine"), 1).status, SendStatus::Sent);
    const auto result = channel_->send(email("exception"), 1);
    EXPECT_EQ(result.status, SendStatus::UnknownOutcome);
    EXPECT_EQ(result.error, "INTERNAL: a bug");
    EXPECT_EQ(channel_->send(email("int"), 1).status, SendStatus::UnknownOutcome);
    EXPECT_EQ(channel_->send(email("fine"), 1).status, SendStatus::Sent);
}

} // namespace
} // namespace rota::testing
