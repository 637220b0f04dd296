#include "worker/loop.hpp"

#include "base/log.hpp"

#include <chrono>
#include <exception>

namespace rota::worker {
namespace {

/// After a turn that threw, so that a lasting failure does not make a busy loop.
constexpr base::Milliseconds kAfterFailure{1000};

} // namespace

Loop::Loop(std::string name, Turn turn) : name_(std::move(name)), turn_(std::move(turn)) {}

Loop::~Loop() {
    stop();
}

void Loop::start() {
    const std::lock_guard lock(mutex_);
    if (thread_.joinable() || stopping_) return;
    thread_ = std::thread([this] { run(); });
}

void Loop::stop() {
    std::thread ended;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        ended.swap(thread_);
    }
    changed_.notify_all();
    if (ended.joinable()) ended.join();
}

void Loop::wake() {
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
    }
    changed_.notify_all();
}

bool Loop::stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

void Loop::rest(base::Milliseconds pause) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, pause, [this] { return stopping_; });
}

void Loop::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        // Taken back before the turn: a wake-up during it may be about what the turn no longer saw.
        woken_ = false;
        lock.unlock();
        const auto pause = takeTurn();
        lock.lock();
        changed_.wait_for(lock, pause, [this] { return woken_ || stopping_; });
    }
}

base::Milliseconds Loop::takeTurn() noexcept {
    try {
        return turn_();
    } catch (const std::exception& error) {
        base::log::warning("a background turn failed and will be repeated",
                           {{"service", name_}, {"error", error.what()}});
    } catch (...) {
        base::log::warning("a background turn failed and will be repeated", {{"service", name_}});
    }
    return kAfterFailure;
}

} // namespace rota::worker
