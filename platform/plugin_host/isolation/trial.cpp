#include "plugin_host/isolation/trial.hpp"

#include <csignal>

namespace rota::plugin_host::isolation {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;
using Problems = std::vector<PluginProblem>;

/// plugin.h gives activate a second, and create and configure less; a busy machine may need some more.
constexpr auto kUp = 15s;
constexpr auto kDownAtMost = 5s;
/// For a process that is killed, or has closed its socket.
constexpr auto kDying = 2s;

PluginProblem crashed(const Start& start, const std::string& doing, const std::string& how) {
    return {problem::kCrash, start.file, "its process " + how + " while it was " + doing,
            "ask its vendor for a build that works on this system"};
}

PluginProblem hung(const Start& start, const std::string& doing) {
    return {problem::kCrash, start.file, "did not come back while it was " + doing,
            "ask its vendor for a build that works on this system"};
}

std::string howItEnded(Process& process) {
    auto end = process.ended(kDying);
    if (!end) {
        process.signal(SIGKILL);
        return "closed its connection";
    }
    return end->empty() ? "ended by itself" : *end;
}

} // namespace

Services::Services(const PluginConfig& config) {
    for (const auto& [key, value] : config)
        if (parseSecretReference(value)) references_.insert(value);
}

bool Services::serve(FrameSocket& socket, const Frame& frame) const {
    if (frame.type == FrameType::Log) {
        base::log::write(unpackLine(frame.payload));
        return true;
    }
    if (frame.type != FrameType::AskSecret) return false;
    const auto reference = parseSecretReference(frame.payload);
    const auto value = reference && references_.contains(frame.payload)
                           ? resolveSecret(*reference)
                           : tl::unexpected(SecretFault{"is not in its configuration", "name it there"});
    socket.send({FrameType::Secret, frame.id, pack(value)});
    return true;
}

tl::expected<Ready, Problems> bringUp(Process& process, Start start, const base::Clock& clock,
                                      const Services& services) {
    start.now = clock.now();
    process.socket().send({FrameType::Start, 0, pack(start)});
    std::string doing = "started";
    Frame frame;
    for (const auto end = Steady::now() + kUp; Steady::now() < end;) {
        const auto received = process.socket().receive(frame, 100ms);
        if (received == FrameSocket::Received::Nothing) continue;
        if (received == FrameSocket::Received::Closed)
            return tl::unexpected(Problems{crashed(start, doing, howItEnded(process))});
        if (frame.type == FrameType::Ready) return unpackReady(frame.payload);
        if (frame.type == FrameType::Refused) return tl::unexpected(unpackProblems(frame.payload));
        if (frame.type == FrameType::Stage) doing = frame.payload;
        services.serve(process.socket(), frame);
    }
    process.signal(SIGKILL);
    return tl::unexpected(Problems{hung(start, doing)});
}

Problems tryInProcess(const std::string& program, const Start& start, const base::Clock& clock) {
    const auto process = Process::start(program);
    if (!process) return {cannotStart(start.subject, program)};
    try {
        const Services services(start.config);
        if (const auto up = bringUp(*process, start, clock, services); !up) return up.error();

        process->socket().send({FrameType::End, 0, {}});
        std::string doing = "deactivated";
        Frame frame;
        for (const auto end = Steady::now() + kDownAtMost; Steady::now() < end;) {
            const auto received = process->socket().receive(frame, 100ms);
            if (received == FrameSocket::Received::Closed) {
                const auto how = process->ended(kDying);
                return how && how->empty() ? Problems{} : Problems{crashed(start, doing, howItEnded(*process))};
            }
            if (received == FrameSocket::Received::Nothing) continue;
            if (frame.type == FrameType::Stage) doing = frame.payload;
            services.serve(process->socket(), frame);
        }
        return {hung(start, doing)};
    } catch (const FrameError& error) {
        return {crashed(start, "tried", std::string("wrote nonsense (") + error.what() + ")")};
    }
}

PluginProblem cannotStart(const std::string& subject, const std::string& program) {
    return {problem::kProcess, subject, program + " cannot be started",
            "install it beside rotad, and let the server's user run it and start "
            "processes"};
}

} // namespace rota::plugin_host::isolation
