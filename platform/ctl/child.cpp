#include "ctl/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace rota::ctl {
namespace {

using Clock = std::chrono::steady_clock;

/// What a child prints beyond this is dropped.
constexpr std::size_t kMostSaid = 64 * 1024;
constexpr int kThrew = 99;
/// Ends the answer of a child that came to its end: a plugin may also call exit.
constexpr char kWhole = '\0';

struct Pipe {
    Pipe() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
        reading = ends[0];
        writing = ends[1];
    }
    ~Pipe() {
        closeReading();
        closeWriting();
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    void closeReading() { closeEnd(reading); }
    void closeWriting() { closeEnd(writing); }

    int reading = -1;
    int writing = -1;

private:
    static void closeEnd(int& end) {
        if (end >= 0) ::close(end);
        end = -1;
    }
};

void writeAll(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto count = ::write(file, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

[[noreturn]] void beChild(const std::function<std::string()>& work, Pipe& answer, Pipe& said) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::dup2(said.writing, STDOUT_FILENO);
    ::dup2(said.writing, STDERR_FILENO);
    int status = 0;
    try {
        writeAll(answer.writing, work() + kWhole);
    } catch (const std::exception& error) {
        writeAll(answer.writing, error.what());
        status = kThrew;
    }
    std::fflush(nullptr);
    ::_exit(status);
}

/// Takes what is there. False at the end.
bool drain(int file, std::string& into, std::size_t most) {
    std::array<char, 16384> buffer{};
    const auto count = ::read(file, buffer.data(), buffer.size());
    if (count < 0) return errno == EINTR || errno == EAGAIN;
    if (into.size() < most) into.append(buffer.data(), static_cast<std::size_t>(count));
    return count > 0;
}

/// Reads until the answer's end: who holds the other pipe open, such as a process that the child left, is not waited
/// for. False where time is over.
bool collect(const Pipe& answer, const Pipe& said, ChildEnd& end, Clock::time_point until) {
    std::array<pollfd, 2> watched{{{answer.reading, POLLIN, 0}, {said.reading, POLLIN, 0}}};
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
        if (left <= 0) return false;
        if (::poll(watched.data(), watched.size(), static_cast<int>(left)) < 0 && errno != EINTR) return false;
        if (watched[1].revents != 0 && !drain(said.reading, end.said, kMostSaid)) watched[1].fd = -1;
        if (watched[0].revents != 0 && !drain(answer.reading, end.answer, SIZE_MAX)) return true;
    }
}

int await(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

std::string faultOf(int status) {
    if (WIFSIGNALED(status)) return std::string("crashed (") + ::strsignal(WTERMSIG(status)) + ")";
    return "ended the process with status " + std::to_string(WEXITSTATUS(status));
}

} // namespace

ChildEnd inChild(const std::function<std::string()>& work, std::chrono::milliseconds limit) {
    Pipe answer;
    Pipe said;
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (child == 0) beChild(work, answer, said);
    answer.closeWriting();
    said.closeWriting();

    ChildEnd end;
    const bool inTime = collect(answer, said, end, Clock::now() + limit);
    if (!inTime) ::kill(child, SIGKILL);
    const int status = await(child);
    // What it printed last may have come after its answer.
    ::fcntl(said.reading, F_SETFL, O_NONBLOCK);
    while (end.said.size() < kMostSaid) {
        const auto before = end.said.size();
        if (!drain(said.reading, end.said, kMostSaid) || end.said.size() == before) break;
    }
    if (!inTime)
        end.fault = "took longer than " + std::to_string(limit.count()) + " ms";
    else if (WIFEXITED(status) && WEXITSTATUS(status) == kThrew)
        throw std::runtime_error(end.answer);
    else if (end.answer.ends_with(kWhole) && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        end.answer.pop_back();
    else
        end.fault = faultOf(status);
    if (!end.good()) end.answer.clear();
    return end;
}

} // namespace rota::ctl
