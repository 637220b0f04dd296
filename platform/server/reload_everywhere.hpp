#pragma once

#include "base/clock.hpp"
#include "postgres/reload_requests.hpp"
#include "server/reload.hpp"
#include "worker/loop.hpp"

#include <atomic>
#include <mutex>
#include <optional>

namespace rota::server {

/// Brings a reload to all servers of a database. Each remembers the last request that it has seen, and looks for a
/// newer one when it is notified, every few seconds, and after it was cut off. [thread-safe]
class ReloadEverywhere {
public:
    /// `configurationRead` is when this server read what it was started with. All that it refers to outlives it.
    ReloadEverywhere(Reload& reload, postgres::ConnectionSettings database, const base::Clock& clock,
                     base::Instant configurationRead);

    void start() { loop_.start(); }
    void stop() { loop_.stop(); }

    struct Answer {
        Reloaded here;
        bool others = false; ///< whether the other servers were asked to do the same
    };
    /// Here, and where that went well, on all others.
    Answer operator()();
    /// The same in the background, so that whoever asks can be told to stop meanwhile; the log says what came of it.
    void ask();

private:
    base::Milliseconds turn();
    void follow();

    Reload& reload_;
    const postgres::ConnectionSettings database_;
    const base::Clock& clock_;
    const base::Instant configurationRead_;
    std::atomic<bool> asked_{false};

    std::mutex mutex_;                                 ///< of what follows
    std::optional<std::int64_t> seen_;                 ///< none before the first look
    std::optional<postgres::ReloadRequests> requests_; ///< of the loop's thread alone
    worker::Loop loop_;
};

} // namespace rota::server
