#pragma once

#include "redis/connection.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace rota::redis {

/// Lends connections, one a caller, and connects when none is idle; so there are as many as were ever needed at once.
/// While the server is down it refuses at once and lets one caller try every kPause. [thread-safe]
class ConnectionPool {
public:
    static constexpr std::chrono::milliseconds kPause{200};

    explicit ConnectionPool(Endpoint endpoint);

    /// Runs `work` on a connection. Where an idle connection turns out to have been closed (the server was restarted),
    /// runs it again on a new one: whatever is done here may be done twice. Throws QueueError.
    Reply with(const std::function<Reply(Connection&)>& work);

private:
    std::unique_ptr<Connection> takeIdle();
    std::unique_ptr<Connection> connect();
    void giveBack(std::unique_ptr<Connection> connection);
    void noteDown();

    const Endpoint endpoint_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Connection>> idle_;
    bool down_ = false;
    std::chrono::steady_clock::time_point tryAgain_;
};

} // namespace rota::redis
