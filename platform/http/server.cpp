#include "http/server.hpp"

#include "base/log.hpp"
#include "http/connection_table.hpp"
#include "http/error_responses.hpp"
#include "http/wire.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

namespace rota::http {
namespace {

namespace log = base::log;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

/// Ids of the two descriptors in the epoll set that are no connections; those count from 1.
constexpr std::uint64_t kListener = 0;
constexpr std::uint64_t kQuit = ~std::uint64_t{0};

constexpr auto kSweepPeriod = 250ms;
/// Connections accepted and requests answered on one connection before a thread looks at the others.
constexpr int kTurn = 32;
/// What a refused client still sends is read for so long: closing at once would reset the connection, and the client
/// might never see why it was refused.
constexpr auto kLinger = 1s;
/// At a stop, a request of which some bytes have come gets so long for the rest.
constexpr auto kLastRequests = 500ms;
/// A burst of clients that the kernel holds until a thread accepts them.
constexpr int kBacklog = 1024;

base::FileDescriptor checked(int fd, const char* what) {
    if (fd < 0) throw std::system_error(errno, std::generic_category(), what);
    return base::FileDescriptor{fd};
}

Poco::Net::ServerSocket listenOn(const std::string& address, int port) {
    try {
        Poco::Net::ServerSocket socket;
        const Poco::Net::SocketAddress where{address, static_cast<Poco::UInt16>(port)};
        // The last argument: two servers that share a port (SO_REUSEPORT) would hide that one of them is too many.
        socket.bind(where, true, false);
        socket.listen(kBacklog);
        socket.setBlocking(false);
        ::fcntl(socket.impl()->sockfd(), F_SETFD, FD_CLOEXEC);
        return socket;
    } catch (const Poco::Exception& error) {
        if (error.code() == EADDRINUSE)
            throw std::runtime_error(fmt::format("port {} on {} is in use by another program", port, address));
        throw std::runtime_error(fmt::format("cannot listen on {}:{}: {}", address, port, error.displayText()));
    }
}

/// The database's, Redis's, the plugins' and the program's own.
constexpr rlim_t kOtherDescriptors = 300;

/// Raises the process's limit of descriptors for that many connections, and says how many it then has room for.
std::size_t makeRoomFor(std::size_t connections) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const rlim_t wanted = connections + kOtherDescriptors;
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = std::min(wanted, limit.rlim_max);
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur >= wanted) return connections;
    const auto room = std::max(limit.rlim_cur, 2 * kOtherDescriptors) - kOtherDescriptors;
    log::warning("the system allows fewer connections", {{"wanted", connections}, {"allowed", room}});
    return room;
}

double milliseconds(steady_clock::duration duration) {
    return std::chrono::duration<double, std::milli>{duration}.count();
}

} // namespace

class HttpServer::Impl {
public:
    Impl(HttpServerOptions options, const base::Clock& clock, Handler handler);
    ~Impl() { stop(0ms); }

    int port() const { return port_; }
    std::size_t connections() const { return table_.size(); }
    void stop(std::chrono::milliseconds deadline);

private:
    void work();
    void sweep();
    void accept();
    void admit(base::FileDescriptor socket);
    void armListener(int operation);
    void handleEvent(std::uint64_t id);

    enum class Next { Wait, Close };
    struct Turn {
        Next next = Next::Close;
        ConnectionTable::Wait wait = ConnectionTable::Wait::NextRequest;
        bool progress = false; ///< a request was answered
    };
    Turn serve(Connection& connection);
    std::optional<Turn> awaitMore(Connection& connection);
    void reply(Connection& connection, Complete complete);
    void refuse(Connection& connection, const ProtocolError& error);
    Response handled(const Request& request) const;
    void finish(const Response& response, const Request& request, steady_clock::time_point began) const;

    const HttpServerOptions options_;
    const base::Clock& clock_;
    const Handler handler_;
    Poco::Net::ServerSocket listener_;
    const int port_;
    const std::size_t mostConnections_;
    base::FileDescriptor epoll_;
    base::FileDescriptor quit_;
    std::atomic<std::size_t> largeBytes_{0}; ///< what has come of large requests; outlives the connections
    ConnectionTable table_;
    std::atomic<bool> stopping_{false};
    std::atomic<bool> listenerWaits_{false}; ///< no descriptor was left to accept with
    std::mutex mutex_;
    std::condition_variable stopped_;
    bool sweeping_ = true;
    std::vector<std::thread> threads_;
};

HttpServer::Impl::Impl(HttpServerOptions options, const base::Clock& clock, Handler handler)
    : options_(std::move(options)),
      clock_(clock),
      handler_(std::move(handler)),
      listener_(listenOn(options_.address, options_.port)),
      port_(listener_.address().port()),
      mostConnections_(makeRoomFor(options_.connections)),
      epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      quit_(checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
      table_(epoll_.get(), {options_.keepAliveIdle, options_.requestReadDeadline, options_.responseWriteDeadline,
                            std::chrono::milliseconds{kLinger}}) {
    armListener(EPOLL_CTL_ADD);
    for (std::size_t i = 0; i < options_.threads; ++i)
        threads_.emplace_back([this] { work(); });
    threads_.emplace_back([this] { sweep(); });
}

void HttpServer::Impl::stop(std::chrono::milliseconds deadline) {
    if (stopping_.exchange(true)) return;
    const auto now = steady_clock::now();
    // From here on the kernel refuses new connections. Closed is the socket only when no thread uses its number any
    // more.
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener_.impl()->sockfd(), nullptr);
    ::shutdown(listener_.impl()->sockfd(), SHUT_RDWR);
    table_.limitDeadlines(now + std::min<std::chrono::milliseconds>(kLastRequests, deadline), now + deadline);
    // The sweeper closes what is past its deadline; the rest is being answered.
    table_.waitUntilEmpty(deadline + 2 * kSweepPeriod);
    // Level-triggered and never read: every thread sees it.
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = kQuit;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, quit_.get(), &event);
    ::eventfd_write(quit_.get(), 1);
    {
        const std::lock_guard lock{mutex_};
        sweeping_ = false;
    }
    stopped_.notify_all();
    for (auto& thread : threads_)
        thread.join();
}

void HttpServer::Impl::work() {
    for (;;) {
        // One event at a time: a handler may take long, and a second event would wait behind it.
        epoll_event event{};
        if (::epoll_wait(epoll_.get(), &event, 1, -1) < 1) continue;
        if (event.data.u64 == kQuit) return;
        if (event.data.u64 == kListener)
            accept();
        else
            handleEvent(event.data.u64);
    }
}

void HttpServer::Impl::sweep() {
    const auto late = error(408, "Request timeout");
    for (std::unique_lock lock{mutex_}; sweeping_;) {
        stopped_.wait_for(lock, kSweepPeriod);
        lock.unlock();
        table_.closeOverdue(steady_clock::now(), toWire(late, {false, true, newRequestId(), clock_.now()}));
        if (listenerWaits_.exchange(false)) armListener(EPOLL_CTL_MOD);
        lock.lock();
    }
}

// ---- accepting --------------------------------------------------------------------------------------------------

void HttpServer::Impl::armListener(int operation) {
    epoll_event event{};
    event.events = static_cast<std::uint32_t>(EPOLLONESHOT) | EPOLLIN;
    event.data.u64 = kListener;
    ::epoll_ctl(epoll_.get(), operation, listener_.impl()->sockfd(), &event);
}

void HttpServer::Impl::accept() {
    for (int i = 0; i < kTurn && !stopping_; ++i) {
        // Not Poco's accept: it leaves the descriptor open to the programs that this process starts.
        const int fd = ::accept4(listener_.impl()->sockfd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            admit(base::FileDescriptor{fd});
            continue;
        }
        const bool exhausted = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        if (errno == ECONNABORTED || errno == EINTR) continue;
        if (exhausted && !table_.closeLongestWaiting()) {
            log::warning("no descriptor left for a new connection", {{"open", table_.size()}});
            // Armed now, it would fire again at once; the sweeper does it.
            listenerWaits_ = true;
            return;
        }
        if (!exhausted) break;
    }
    if (!stopping_) armListener(EPOLL_CTL_MOD);
}

void HttpServer::Impl::admit(base::FileDescriptor socket) {
    if (table_.size() >= mostConnections_ && !table_.closeLongestWaiting()) return;
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    table_.add(std::make_unique<Connection>(std::move(socket), largeBytes_), steady_clock::now());
}

// ---- serving ----------------------------------------------------------------------------------------------------

void HttpServer::Impl::handleEvent(std::uint64_t id) {
    auto connection = table_.take(id);
    if (!connection) return;
    const auto turn = serve(*connection);
    if (turn.next == Next::Close)
        table_.close(id, std::move(connection));
    else
        table_.putBack(id, std::move(connection), turn.wait, turn.progress, steady_clock::now());
}

/// Does all that can be done on a connection without blocking: send, parse, answer, read, until one of them must wait.
HttpServer::Impl::Turn HttpServer::Impl::serve(Connection& connection) {
    using Wait = ConnectionTable::Wait;
    for (int answered = 0;;) {
        if (!connection.send()) return {};
        if (connection.hasToSend()) return {Next::Wait, Wait::Writable, answered > 0};
        if (connection.closeWhenSent && !connection.draining) {
            connection.finishSending();
            connection.draining = true;
        }
        if (answered == kTurn) return {Next::Wait, Wait::Turn, true};
        if (connection.draining) {
            const auto rest = connection.discard();
            if (rest == Connection::Received::Ended) return {};
            return {Next::Wait, Wait::ClientsEnd, false};
        }
        auto parsed = connection.parse();
        if (auto* complete = std::get_if<Complete>(&parsed)) {
            reply(connection, std::move(*complete));
            ++answered;
        } else if (const auto* error = std::get_if<ProtocolError>(&parsed)) {
            refuse(connection, *error);
        } else if (connection.isLarge() && largeBytes_ > options_.largeRequestsBytes) {
            refuse(connection, {503, "Too many large requests at once; send it again later", ""});
        } else if (auto turn = awaitMore(connection)) {
            turn->progress = answered > 0;
            return *turn;
        }
    }
}

/// Reads on, and says how to wait where there is nothing to read.
std::optional<HttpServer::Impl::Turn> HttpServer::Impl::awaitMore(Connection& connection) {
    using Wait = ConnectionTable::Wait;
    if (connection.takeContinue()) {
        connection.write("HTTP/1.1 100 Continue\r\n\r\n");
        return std::nullopt;
    }
    switch (connection.receive()) {
    case Connection::Received::Bytes: return std::nullopt;
    case Connection::Received::Ended: return Turn{};
    case Connection::Received::Nothing: break;
    }
    return Turn{Next::Wait, connection.midRequest() ? Wait::RestOfRequest : Wait::NextRequest, false};
}

void HttpServer::Impl::reply(Connection& connection, Complete complete) {
    const auto began = steady_clock::now();
    auto& request = complete.request;
    if (request.id.empty()) request.id = newRequestId();
    const log::RequestScope scope{request.id};
    const auto response = handled(request);
    const bool keepAlive = complete.keepAlive && !stopping_;
    connection.write(toWire(response, {keepAlive, request.method != "HEAD", request.id, clock_.now()}));
    connection.closeWhenSent = !keepAlive;
    finish(response, request, began);
}

void HttpServer::Impl::refuse(Connection& connection, const ProtocolError& refusal) {
    const auto began = steady_clock::now();
    Request request;
    request.method = "other";
    request.id = refusal.requestId.empty() ? newRequestId() : refusal.requestId;
    const log::RequestScope scope{request.id};
    auto response = error(refusal.status, refusal.message);
    if (refusal.status == 503) response.headers.push_back({"Retry-After", "30"});
    connection.write(toWire(response, {false, true, request.id, clock_.now()}));
    connection.closeWhenSent = true;
    connection.forget();
    finish(response, request, began);
}

/// The router catches what its handlers throw; this is for every other handler, and for the router's own slips.
Response HttpServer::Impl::handled(const Request& request) const {
    try {
        return handler_(request);
    } catch (...) {
        return fromCurrentException();
    }
}

void HttpServer::Impl::finish(const Response& response, const Request& request, steady_clock::time_point began) const {
    const auto took = steady_clock::now() - began;
    const std::string_view route = response.route.empty() ? "unmatched" : std::string_view{response.route};
    log::info("request",
              {{"method", request.method}, {"route", route}, {"status", response.status}, {"ms", milliseconds(took)}});
    if (options_.observer) options_.observer(route, request.method, response.status, took);
}

// ---- the public face --------------------------------------------------------------------------------------------

HttpServer::HttpServer(HttpServerOptions options, const base::Clock& clock, Handler handler)
    : impl_(std::make_unique<Impl>(std::move(options), clock, std::move(handler))) {}

HttpServer::~HttpServer() = default;

int HttpServer::port() const {
    return impl_->port();
}

std::size_t HttpServer::connections() const {
    return impl_->connections();
}

void HttpServer::stop(std::chrono::milliseconds deadline) {
    impl_->stop(deadline);
}

} // namespace rota::http
