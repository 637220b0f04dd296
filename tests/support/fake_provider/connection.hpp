#pragma once

#include "support/fake_provider/tls.hpp"

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_set>
#include <vector>

namespace rota::testing {

/// One client of a fake. Closed at the end.
class Connection {
public:
    explicit Connection(int socket) : socket_(socket) {}
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Up to and without `end`; none where the client went away before.
    std::optional<std::string> readUntil(std::string_view end);
    std::optional<std::string> read(std::size_t length);
    bool write(std::string_view bytes);
    /// From here on all that is read and written is within TLS. False where the client does not agree.
    bool startTls(const Identity& identity);
    /// Until the client goes away.
    void hang();
    /// Ends with RST, so that what the client wrote is lost on the way.
    void reset();

private:
    bool readMore();

    int socket_;
    TlsSession tls_{nullptr, &SSL_free};
    std::string received_;
};

/// Listens on 127.0.0.1 and serves every connection on a thread of its own.
class Listener {
public:
    using Serve = std::function<void(Connection&)>;

    /// `port` 0: any free one. Throws std::runtime_error.
    Listener(int port, Serve serve);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    int port() const { return port_; }

private:
    void accept();

    Serve serve_;
    int socket_ = -1;
    int port_ = 0;
    std::mutex mutex_;
    bool stopping_ = false;
    std::unordered_set<int> open_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

} // namespace rota::testing
