#include "support/fake_provider/connection.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace rota::testing {

Connection::~Connection() {
    if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
}

std::optional<std::string> Connection::readUntil(std::string_view end) {
    std::size_t from = 0;
    for (;;) {
        const auto at = received_.find(end, from);
        if (at != std::string::npos) {
            std::string text = received_.substr(0, at);
            received_.erase(0, at + end.size());
            return text;
        }
        from = received_.size() < end.size() ? 0 : received_.size() - end.size() + 1;
        if (!readMore()) return std::nullopt;
    }
}

std::optional<std::string> Connection::read(std::size_t length) {
    while (received_.size() < length)
        if (!readMore()) return std::nullopt;
    std::string text = received_.substr(0, length);
    received_.erase(0, length);
    return text;
}

bool Connection::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = tls_ ? ::SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                                  : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool Connection::startTls(const Identity& identity) {
    // What came before it in the clear is no part of what comes within.
    received_.clear();
    tls_ = acceptTls(socket_, identity);
    return tls_ != nullptr;
}

void Connection::hang() {
    // Reading nothing: the client's bytes stay in the kernel's buffers, and its going away is seen as an event.
    std::array<char, 1> byte{};
    while (::recv(socket_, byte.data(), byte.size(), MSG_PEEK) > 0) {
        tcp_info info{};
        socklen_t size = sizeof info;
        ::getsockopt(socket_, IPPROTO_TCP, TCP_INFO, &info, &size);
        if (info.tcpi_state != TCP_ESTABLISHED) return;
        ::usleep(20'000);
    }
}

void Connection::reset() {
    const linger now{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    // Connecting to nowhere is how Linux lets one thread abort a connection whose descriptor others still know.
    sockaddr nowhere{};
    nowhere.sa_family = AF_UNSPEC;
    ::connect(socket_, &nowhere, sizeof nowhere);
}

bool Connection::readMore() {
    std::array<char, 65536> buffer{};
    const auto got = tls_ ? ::SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size()))
                          : ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (got <= 0) return false;
    received_.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
}

Listener::Listener(int port, Serve serve)
    : serve_(std::move(serve)), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int yes = 1;
    ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    socklen_t length = sizeof address;
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), length) != 0 || ::listen(socket_, 256) != 0)
        throw std::runtime_error("cannot listen on port " + std::to_string(port));
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept(); });
}

Listener::~Listener() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
        for (const int socket : open_)
            ::shutdown(socket, SHUT_RDWR);
    }
    ::shutdown(socket_, SHUT_RDWR);
    acceptor_.join();
    for (auto& thread : threads_)
        thread.join();
    ::close(socket_);
}

void Listener::accept() {
    for (;;) {
        const int client = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0) return;
        const int yes = 1;
        ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        const std::scoped_lock lock(mutex_);
        if (stopping_) {
            ::close(client);
            return;
        }
        open_.insert(client);
        threads_.emplace_back([this, client] {
            {
                Connection connection(client);
                serve_(connection);
            }
            const std::scoped_lock done(mutex_);
            open_.erase(client);
            ::close(client);
        });
    }
}

} // namespace rota::testing
