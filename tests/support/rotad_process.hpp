#pragma once

#include "base/time.hpp"

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rota::testing {

struct RotadOptions {
    std::string databaseUrl;
    std::string redisUrl;
    /// Lines over etc/rota.properties, such as "booking.min_notice = 1h".
    std::vector<std::string> settings;
    std::map<std::string, std::string> environment;
    /// What its clock shows at its start (libfaketime, whole seconds; it then runs on). None: the machine's time.
    std::optional<base::Instant> clock;
    bool awaitReady = true;
};

/// The real server, ${ROTA_BUILD_DIR}/bin/rotad, on a free port of 127.0.0.1 with a configuration of its own. Killed at
/// the end where it was not stopped, and with the test process.
class RotadProcess {
public:
    /// Starts it and waits until /readyz says 200. Throws std::runtime_error, with what it printed, where it does not.
    explicit RotadProcess(const RotadOptions& options);
    ~RotadProcess();
    RotadProcess(const RotadProcess&) = delete;
    RotadProcess& operator=(const RotadProcess&) = delete;

    int port() const { return port_; }
    int operationsPort() const { return operationsPort_; }
    pid_t pid() const { return pid_; }
    bool running();
    /// What its clock shows now.
    base::Instant clock() const;

    /// Writes its configuration anew: etc/rota.properties and over it these lines. It reads them when it is asked to.
    void configure(const std::vector<std::string>& settings);
    void send(int signal);
    void terminate(); ///< SIGTERM
    /// Its exit status once it has ended; 128 + the signal's number where one ended it. Throws std::runtime_error where
    /// it takes longer.
    int awaitExit(std::chrono::milliseconds timeout);
    /// Both of the above, within the 10 s that a stop may take.
    int stop();

    /// Where its configuration and templates lie.
    const std::filesystem::path& directory() const { return directory_; }

    /// All that it has printed.
    std::string output() const;
    /// How many lines of that contain `text`.
    std::size_t linesWith(const std::string& text) const;
    /// Whether `count` such lines came before `timeout` passed.
    bool awaitLines(const std::string& text, std::size_t count, std::chrono::milliseconds timeout) const;

private:
    void launch(const RotadOptions& options);
    void awaitPort();
    void awaitReady();
    [[noreturn]] void fail(const std::string& what) const;

    std::filesystem::path directory_;
    pid_t pid_ = -1;
    std::optional<int> status_;
    int port_ = 0;
    int operationsPort_ = 0;
    std::chrono::seconds clockOffset_{0}; ///< from the machine's clock
};

} // namespace rota::testing
