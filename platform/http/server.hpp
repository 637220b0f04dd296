#pragma once

#include "base/clock.hpp"
#include "base/limits.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace rota::http {

/// Answers a request, on any of the server's threads and on many at once. May throw: that is a 500.
using Handler = std::function<Response(const Request&)>;

/// Told after each answer. `route` is the pattern ("/api/doctors/:id"), or "unmatched"; `method` is one that is known,
/// or "other": so both have few values. Called on the server's threads, many at once; must not throw.
using Observer = std::function<void(std::string_view route, std::string_view method, int status,
                                    std::chrono::steady_clock::duration took)>;

struct HttpServerOptions {
    std::string address = "0.0.0.0";
    int port = 0; ///< 0: any free one
    std::size_t threads = base::limits::kHttpThreads;
    /// Open at most. The process's limit of descriptors is raised for them, as far as the system lets it.
    std::size_t connections = base::limits::kConnections;
    /// What has come of large requests, together; who sends more of one is told to come later.
    std::size_t largeRequestsBytes = base::limits::kLargeRequestsBytes;
    std::chrono::milliseconds requestReadDeadline = base::limits::kRequestReadDeadline;
    std::chrono::milliseconds responseWriteDeadline = base::limits::kResponseWriteDeadline;
    std::chrono::milliseconds keepAliveIdle = base::limits::kKeepAliveIdle;
    Observer observer = nullptr;
};

/// An HTTP/1.1 server in which a connection costs no thread until a whole request has arrived on it: clients that are
/// idle, slow or half-sent wait in one epoll set, and cannot starve the others. [thread-safe]
class HttpServer {
public:
    /// Listens and serves from here on. `clock` dates the answers and must outlive the server. Throws
    /// std::runtime_error, saying why in plain words, where it cannot listen ("port 5000 is in use").
    HttpServer(HttpServerOptions options, const base::Clock& clock, Handler handler);

    /// Stops, if that has not been done.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// The port it really listens on.
    int port() const;

    /// Connections open now.
    std::size_t connections() const;

    /// Takes no new connections, answers the requests that are under way (with Connection: close), closes what is idle
    /// and, after `deadline`, all the rest. Returns when every thread has ended: a handler that is still running is
    /// waited for, however long it takes. A second call does nothing.
    void stop(std::chrono::milliseconds deadline = std::chrono::seconds{5});

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace rota::http
