#include "http/connection.hpp"

#include "base/limits.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace rota::http {
namespace {

constexpr std::size_t kReadBytes = 16 * 1024;
using Buffer = std::array<char, kReadBytes>;

/// As recv(2), again where a signal came between.
ssize_t receiveInto(int socket, Buffer& buffer) {
    ssize_t count = -1;
    do
        count = ::recv(socket, buffer.data(), buffer.size(), 0);
    while (count < 0 && errno == EINTR);
    return count;
}

Connection::Received outcome(ssize_t count) {
    if (count > 0) return Connection::Received::Bytes;
    const bool later = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    return later ? Connection::Received::Nothing : Connection::Received::Ended;
}

} // namespace

Connection::Received Connection::receive() {
    Buffer buffer;
    const auto count = receiveInto(socket_.get(), buffer);
    const auto result = outcome(count);
    if (result == Received::Bytes) received_.append(buffer.data(), static_cast<std::size_t>(count));
    return result;
}

Parsed Connection::parse() {
    auto parsed = parser_.parse(received_);
    count(received_.size() + parser_.bodyBytes());
    return parsed;
}

void Connection::forget() {
    received_.clear();
    parser_ = {};
    count(0);
}

void Connection::count(std::size_t held) {
    const auto counts = held > base::limits::kRequestHeadBytes + base::limits::kRequestBodyBytes ? held : 0;
    // A string that becomes empty keeps its memory, which nobody would count any more.
    if (counted_ > 0 && counts == 0) received_.shrink_to_fit();
    large_ += counts - counted_;
    counted_ = counts;
}

Connection::Received Connection::discard() {
    Buffer buffer;
    return outcome(receiveInto(socket_.get(), buffer));
}

bool Connection::send() {
    while (sent_ < toSend_.size()) {
        // A client that has gone is an error to look at here, not a SIGPIPE.
        const auto count = ::send(socket_.get(), toSend_.data() + sent_, toSend_.size() - sent_, MSG_NOSIGNAL);
        if (count > 0) {
            sent_ += static_cast<std::size_t>(count);
            continue;
        }
        if (count < 0 && errno == EINTR) continue;
        return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    }
    toSend_.clear();
    sent_ = 0;
    return true;
}

void Connection::finishSending() {
    ::shutdown(socket_.get(), SHUT_WR);
}

} // namespace rota::http
