#include "redis/subscriber.hpp"

#include "app/ports/errors.hpp"
#include "base/log.hpp"
#include "redis/connection.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace rota::redis {
namespace {

/// Between two attempts to connect. A wake-up missed meanwhile costs at most the dispatcher's tick.
constexpr int kPauseMs = 500;
constexpr int kForever = -1;

} // namespace

Subscriber::Subscriber(Endpoint endpoint, std::string channel, std::function<void()> wake)
    : endpoint_(std::move(endpoint)),
      channel_(std::move(channel)),
      wake_(std::move(wake)),
      stopEvent_(eventfd(0, EFD_CLOEXEC)) {
    if (stopEvent_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    thread_ = std::thread([this] { run(); });
}

Subscriber::~Subscriber() {
    eventfd_write(stopEvent_, 1);
    thread_.join();
    close(stopEvent_);
}

void Subscriber::run() {
    bool wasUp = true;
    bool readable = false;
    do {
        try {
            listen();
            return;
        } catch (const app::QueueError& error) {
            if (wasUp) base::log::debug("the queue's wake-ups are interrupted", {{"error", error.what()}});
            wasUp = false;
        }
    } while (waitFor(-1, kPauseMs, readable));
}

void Subscriber::listen() {
    Connection connection(endpoint_, Connection::Purpose::Subscription);
    connection.command({"SUBSCRIBE", channel_});
    wake_();
    bool readable = false;
    while (waitFor(connection.descriptor(), kForever, readable))
        if (readable && connection.readMessages()) wake_();
}

bool Subscriber::waitFor(int descriptor, int timeoutMs, bool& readable) const {
    pollfd watched[] = {{stopEvent_, POLLIN, 0}, {descriptor, POLLIN, 0}};
    const int ready = poll(watched, 2, timeoutMs);
    readable = ready > 0 && watched[1].revents != 0;
    return ready <= 0 || watched[0].revents == 0;
}

} // namespace rota::redis
