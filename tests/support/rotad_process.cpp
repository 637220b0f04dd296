#include "support/rotad_process.hpp"

#include "support/http_client.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <thread>

extern char** environ;

namespace rota::testing {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

/// With sanitizers on a busy machine; a plain start takes a fraction of a second.
constexpr auto kStartTimeout = 90s;
constexpr auto kStopTimeout = 10s;

std::string environmentVariable(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr) throw std::runtime_error(fmt::format("{} is not set", name));
    return value;
}

std::string contentOf(const std::filesystem::path& file) {
    std::ifstream stream{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

template <class Condition>
bool within(std::chrono::milliseconds timeout, Condition condition) {
    for (const auto end = steady_clock::now() + timeout; steady_clock::now() < end; std::this_thread::sleep_for(5ms))
        if (condition()) return true;
    return condition();
}

/// The sanitizer's runtime that this very program runs with, which rotad then has too; empty for none. It must stand
/// first in LD_PRELOAD.
std::string sanitizerLibrary() {
    std::istringstream maps{contentOf("/proc/self/maps")};
    for (std::string line; std::getline(maps, line);)
        for (const auto* name : {"/libasan.so", "/libtsan.so"})
            if (line.find(name) != std::string::npos) return line.substr(line.find('/'));
    return "";
}

/// The port in the line of an event, as text or as JSON; none before that is printed whole.
std::optional<int> portIn(const std::string& printed, const std::string& event) {
    const auto line = printed.find(event);
    if (line == std::string::npos || printed.find('\n', line) == std::string::npos) return std::nullopt;
    const auto port = printed.find("port", line);
    return std::atoi(printed.c_str() + printed.find_first_of("0123456789", port));
}

base::Instant machineTime() {
    return std::chrono::floor<base::Milliseconds>(std::chrono::system_clock::now());
}

/// An offset, so that the clock runs on. The monotonic clock stays as it is: waiting on a condition variable would
/// otherwise hang.
void addShiftedClock(std::map<std::string, std::string>& environment, std::chrono::seconds offset) {
    const auto sanitizer = sanitizerLibrary();
    // The loader puts the machine's own directory of libraries in the place of $LIB.
    environment["LD_PRELOAD"] = (sanitizer.empty() ? "" : sanitizer + ":") + "/usr/$LIB/faketime/libfaketimeMT.so.1";
    environment["FAKETIME"] = fmt::format("{:+d}", offset.count());
    environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
    environment["DONT_FAKE_MONOTONIC"] = "1";
    // A sanitizer's allocator asks for the time while it holds its lock, unless it gives no memory back; libfaketime,
    // asked for the first time, allocates: where that hits the same lock, which the environment's size decides, the
    // process would stand still for ever.
    for (const auto* options : {"ASAN_OPTIONS", "TSAN_OPTIONS"})
        environment[options] += ":allocator_release_to_os_interval_ms=-1";
}

std::vector<std::string> environmentFor(const RotadOptions& options, std::chrono::seconds clockOffset) {
    std::map<std::string, std::string> variables;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        variables[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
    }
    variables["DATABASE_URL"] = options.databaseUrl;
    variables["REDIS_URL"] = options.redisUrl;
    variables["ROTA_API_PORT"] = "0";
    variables["ROTA_OPS_PORT"] = "0";
    variables.erase("ROTA_WEB_PORT");
    variables["APP_ENV"] = "development";
    // POCO's own handler would hide what a sanitizer has to say of a crash.
    variables["ASAN_OPTIONS"] += ":allow_user_segv_handler=0";
    if (options.clock) addShiftedClock(variables, clockOffset);
    for (const auto& [name, value] : options.environment)
        variables[name] = value;
    std::vector<std::string> lines;
    for (const auto& [name, value] : variables)
        lines.push_back(name + "=" + value);
    return lines;
}

std::vector<char*> pointersTo(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (auto& word : words)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
}

} // namespace

RotadProcess::RotadProcess(const RotadOptions& options) {
    auto pattern = (std::filesystem::temp_directory_path() / "rota-rotad-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    directory_ = pattern;
    if (options.clock) clockOffset_ = std::chrono::round<std::chrono::seconds>(*options.clock - machineTime());
    const std::filesystem::path templates = environmentVariable("ROTA_SOURCE_DIR") + "/etc/templates";
    std::filesystem::copy(templates, directory_ / "templates", std::filesystem::copy_options::recursive);
    configure(options.settings);
    launch(options);
    try {
        awaitPort();
        if (options.awaitReady) awaitReady();
    } catch (...) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        std::filesystem::remove_all(directory_);
        throw;
    }
}

RotadProcess::~RotadProcess() {
    if (running()) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

void RotadProcess::configure(const std::vector<std::string>& settings) {
    const auto keyOf = [](const std::string& line) { return line.substr(0, line.find_first_of(" =")); };
    std::ofstream file{directory_ / "rota.properties"};
    std::istringstream shipped{contentOf(environmentVariable("ROTA_SOURCE_DIR") + "/etc/rota.properties")};
    for (std::string line; std::getline(shipped, line);)
        if (std::ranges::find(settings, keyOf(line), keyOf) == settings.end()) file << line << "\n";
    file << "http.address = 127.0.0.1\n";
    for (const auto& line : settings)
        file << line << "\n";
}

void RotadProcess::launch(const RotadOptions& options) {
    // All is made before the fork: behind it, in a program with threads, little may be called.
    std::vector<std::string> words{environmentVariable("ROTA_BUILD_DIR") + "/bin/rotad",
                                   "--config=" + (directory_ / "rota.properties").string()};
    auto variables = environmentFor(options, clockOffset_);
    const auto arguments = pointersTo(words);
    const auto environment = pointersTo(variables);
    const auto log = (directory_ / "output").string();
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(126);
    const int output = ::open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execve(arguments[0], arguments.data(), environment.data());
    ::_exit(127);
}

void RotadProcess::awaitPort() {
    const auto announced = [this] {
        const auto printed = output();
        operationsPort_ = portIn(printed, "operations open").value_or(0);
        port_ = portIn(printed, "serving").value_or(0);
        return port_ != 0;
    };
    if (!within(kStartTimeout, [&] { return announced() || !running(); }) || port_ == 0) fail("did not start");
}

void RotadProcess::awaitReady() {
    const auto ready = [this] {
        try {
            return HttpClient{port_}.get("/readyz").status == 200;
        } catch (const std::runtime_error&) {
            return false;
        }
    };
    if (!within(kStartTimeout, ready)) fail("did not get ready");
}

void RotadProcess::fail(const std::string& what) const {
    throw std::runtime_error(fmt::format("rotad {}:\n{}", what, output()));
}

bool RotadProcess::running() {
    int status = 0;
    if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_)
        status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return !status_;
}

base::Instant RotadProcess::clock() const {
    return machineTime() + clockOffset_;
}

void RotadProcess::send(int signal) {
    if (running()) ::kill(pid_, signal);
}

void RotadProcess::terminate() {
    send(SIGTERM);
}

int RotadProcess::awaitExit(std::chrono::milliseconds timeout) {
    if (!within(timeout, [this] { return !running(); })) fail("did not end in time");
    return *status_;
}

int RotadProcess::stop() {
    terminate();
    return awaitExit(kStopTimeout);
}

std::string RotadProcess::output() const {
    return contentOf(directory_ / "output");
}

std::size_t RotadProcess::linesWith(const std::string& text) const {
    std::istringstream printed{output()};
    std::size_t count = 0;
    for (std::string line; std::getline(printed, line);)
        if (line.find(text) != std::string::npos) ++count;
    return count;
}

bool RotadProcess::awaitLines(const std::string& text, std::size_t count, std::chrono::milliseconds timeout) const {
    return within(timeout, [&] { return linesWith(text) >= count; });
}

} // namespace rota::testing
