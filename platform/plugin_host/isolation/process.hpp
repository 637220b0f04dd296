#pragma once

#include "plugin_host/isolation/frames.hpp"

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace rota::plugin_host::isolation {

/// A rota-plugin-host that runs, killed at the end. It dies with the thread that started it.
class Process {
public:
    /// The program beside the one that runs.
    static std::string program();
    /// With an empty environment, standard output and error as ours, and no other
    /// open file than the socket. Null where the program cannot be started.
    static std::unique_ptr<Process> start(const std::string& program);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    FrameSocket& socket() { return socket_; }
    pid_t pid() const { return pid_; }
    void signal(int number);

    /// Waits for its end, which it must have been asked for or which is certain.
    /// Then how it ended, "" for well: "was ended by signal 11 (Segmentation
    /// fault)". None where it still runs.
    std::optional<std::string> ended(std::chrono::milliseconds atMost);

private:
    Process(pid_t pid, base::FileDescriptor handle, base::FileDescriptor socket)
        : pid_(pid), handle_(std::move(handle)), socket_(std::move(socket)) {}

    pid_t pid_;
    base::FileDescriptor handle_; ///< a pidfd
    FrameSocket socket_;
    std::optional<std::string> end_;
};

} // namespace rota::plugin_host::isolation
