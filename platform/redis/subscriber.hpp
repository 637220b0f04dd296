#pragma once

#include "redis/redis_url.hpp"

#include <functional>
#include <string>
#include <thread>

namespace rota::redis {

/// A thread that listens on a channel and calls `wake` at each message, and after each connect, since messages were
/// missed until then. Connects anew for as long as it lives. The destructor ends it promptly.
class Subscriber {
public:
    Subscriber(Endpoint endpoint, std::string channel, std::function<void()> wake);
    ~Subscriber();
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;

private:
    void run();
    void listen();
    /// Waits until the descriptor (or -1 for none) is readable. False when this is to end.
    bool waitFor(int descriptor, int timeoutMs, bool& readable) const;

    const Endpoint endpoint_;
    const std::string channel_;
    const std::function<void()> wake_;
    int stopEvent_;
    std::thread thread_;
};

} // namespace rota::redis
