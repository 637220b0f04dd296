#pragma once

#include "base/clock.hpp"
#include "server/preparation.hpp"
#include "server/settings.hpp"

#include <functional>
#include <memory>
#include <stdexcept>

namespace rota::server {

/// The start was given up, for the reason in what().
class StartFailed : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The process was asked to end before it served.
class Stopped : public std::exception {
public:
    const char* what() const noexcept override { return "asked to stop before it served"; }
};

/// Waits up to that long; true as soon as the process is asked to end, which it says once.
using WaitForStop = std::function<bool(base::Milliseconds)>;

/// The whole server, put together. Construction waits for the database, migrates it, fills an empty one where that is
/// configured, listens and starts the workers; destruction stops all of it: no new requests, those under way answered,
/// unfinished jobs given back. It takes limits::kStop at most: what hangs by then ends with the process, as a success.
class Daemon {
public:
    /// Throws StartFailed, postgres::MigrationError, and what else keeps it from serving; Stopped when `waitForStop`
    /// says so while it waits for the database. `clock` must outlive it.
    Daemon(const LoadedSettings& loaded, Preparation preparation, const base::Clock& clock,
           const WaitForStop& waitForStop);
    ~Daemon();
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    /// Has the configuration read anew, here and on the other servers of the database; the log says what came of it.
    void reload();

    /// Where the public API listens.
    int port() const;
    /// Where operators and Prometheus ask.
    int operationsPort() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace rota::server
