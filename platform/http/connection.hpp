#pragma once

#include "base/file_descriptor.hpp"
#include "http/protocol.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace rota::http {

using SteadyTime = std::chrono::steady_clock::time_point;

/// A client's socket, what it has sent and what it is still to get. Nothing here blocks. [one thread at a time]
class Connection {
public:
    enum class Received { Bytes, Nothing, Ended };

    /// `large` counts the bytes that large requests hold, of all connections.
    Connection(base::FileDescriptor socket, std::atomic<std::size_t>& large)
        : socket_(std::move(socket)), large_(large) {}
    ~Connection() { large_ -= counted_; }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    int descriptor() const { return socket_.get(); }

    /// Reads some bytes behind those not yet parsed. `Nothing` where none are there now.
    Received receive();
    /// Reads and forgets what is there now.
    Received discard();
    Parsed parse();
    /// Whether the request that has begun is larger than most may be.
    bool isLarge() const { return counted_ > 0; }
    /// Gives back what has come. Nothing is parsed after that.
    void forget();
    bool takeContinue() { return parser_.takeContinue(); }
    bool midRequest() const { return parser_.midRequest(received_); }

    void write(std::string bytes) { toSend_ += bytes; }
    bool hasToSend() const { return !toSend_.empty(); }
    /// Sends what the client takes now. False where the connection broke.
    bool send();
    /// Tells the client that nothing follows; it may still be sending.
    void finishSending();

    // The server's notes about this connection.
    bool closeWhenSent = false;
    bool draining = false;

private:
    void count(std::size_t held);

    base::FileDescriptor socket_;
    std::atomic<std::size_t>& large_;
    std::size_t counted_ = 0; ///< of ours in large_
    RequestParser parser_;
    std::string received_;
    std::string toSend_;
    std::size_t sent_ = 0;
};

} // namespace rota::http
