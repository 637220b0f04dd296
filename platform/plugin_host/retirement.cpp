#include "plugin_host/retirement.hpp"

namespace rota::plugin_host {

Retirement::Retirement() : thread_([this] { run(); }) {}

Retirement::~Retirement() {
    stop();
}

void Retirement::add(std::function<void()> end) {
    {
        const std::scoped_lock lock(mutex_);
        if (!stopping_) {
            waiting_.push_back(std::move(end));
            changed_.notify_all();
            return;
        }
    }
    end();
}

void Retirement::stop() {
    std::thread ended;
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
        ended.swap(thread_);
    }
    changed_.notify_all();
    if (ended.joinable()) ended.join();
}

void Retirement::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        const auto end = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        end();
        lock.lock();
    }
}

} // namespace rota::plugin_host
