#include "plugin_host/isolation/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cstring>
#include <filesystem>

extern "C" { // which this header of glibc 2.36 forgets
#include <sys/pidfd.h>
}

namespace rota::plugin_host::isolation {
namespace {

/// Where a child finds its end of the socket pair.
constexpr int kSocket = 3;

/// How a child is set up before it runs.
class SpawnPlan {
public:
    explicit SpawnPlan(int socket) {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&actions_, socket, kSocket);
        // Not every library of ours opens its files so that they close themselves.
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, kSocket + 1);

        ::posix_spawnattr_init(&attributes_);
        sigset_t none, all;
        sigemptyset(&none);
        sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        // A group of its own: Ctrl+C at a terminal is the server's to hear, which
        // lets calls finish first.
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(&attributes_,
                                   POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    ~SpawnPlan() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    std::optional<pid_t> spawn(const std::string& program) const {
        std::string name = program;
        char* arguments[] = {name.data(), nullptr};
        char* environment[] = {nullptr};
        pid_t pid = -1;
        if (::posix_spawn(&pid, program.c_str(), &actions_, &attributes_, arguments, environment) != 0)
            return std::nullopt;
        return pid;
    }

private:
    posix_spawn_file_actions_t actions_;
    posix_spawnattr_t attributes_;
};

std::string describe(const siginfo_t& end) {
    if (end.si_code == CLD_EXITED)
        return end.si_status == 0 ? "" : "ended with status " + std::to_string(end.si_status);
    return "was ended by signal " + std::to_string(end.si_status) + " (" + ::strsignal(end.si_status) + ")";
}

} // namespace

std::string Process::program() {
    std::error_code ignored;
    const auto folder = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
    const auto beside = folder / "rota-plugin-host";
    const auto installed = folder.parent_path() / "lib/rota/rota-plugin-host";
    return std::filesystem::exists(installed, ignored) && !std::filesystem::exists(beside, ignored) ? installed
                                                                                                    : beside;
}

std::unique_ptr<Process> Process::start(const std::string& program) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return nullptr;
    base::FileDescriptor ours(ends[0]);
    const base::FileDescriptor theirs(ends[1]);
    const auto pid = SpawnPlan(theirs.get()).spawn(program);
    if (!pid) return nullptr;
    base::FileDescriptor handle(::pidfd_open(*pid, 0));
    if (!handle.valid()) { // out of descriptors; until it is waited for, the number is no other process's
        ::kill(*pid, SIGKILL);
        ::waitpid(*pid, nullptr, 0);
        return nullptr;
    }
    return std::unique_ptr<Process>(new Process(*pid, std::move(handle), std::move(ours)));
}

Process::~Process() {
    if (end_) return;
    signal(SIGKILL);
    ended(std::chrono::hours{1});
}

void Process::signal(int number) {
    // By its handle: the number may be another process's by now.
    if (!end_) ::pidfd_send_signal(handle_.get(), number, nullptr, 0);
}

std::optional<std::string> Process::ended(std::chrono::milliseconds atMost) {
    if (end_) return end_;
    pollfd exited{handle_.get(), POLLIN, 0};
    while (::poll(&exited, 1, static_cast<int>(atMost.count())) < 0 && errno == EINTR) {
    }
    siginfo_t end{};
    if (::waitid(P_PIDFD, static_cast<id_t>(handle_.get()), &end, WEXITED | WNOHANG) == 0 && end.si_pid != 0)
        end_ = describe(end);
    return end_;
}

} // namespace rota::plugin_host::isolation
