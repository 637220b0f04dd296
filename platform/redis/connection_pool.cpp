#include "redis/connection_pool.hpp"

#include "app/ports/errors.hpp"
#include "base/limits.hpp"

namespace rota::redis {

ConnectionPool::ConnectionPool(Endpoint endpoint) : endpoint_(std::move(endpoint)) {}

Reply ConnectionPool::with(const std::function<Reply(Connection&)>& work) {
    if (auto idle = takeIdle()) {
        try {
            Reply reply = work(*idle);
            giveBack(std::move(idle));
            return reply;
        } catch (const app::QueueError&) {
            if (!idle->broken()) {
                giveBack(std::move(idle));
                throw;
            }
            if (idle->timedOut()) {
                noteDown();
                throw;
            }
        }
        // All idle ones date from before the failure; the others would only fail one by one.
        const std::lock_guard lock(mutex_);
        idle_.clear();
    }

    auto fresh = connect();
    try {
        Reply reply = work(*fresh);
        giveBack(std::move(fresh));
        return reply;
    } catch (const app::QueueError&) {
        if (fresh->broken()) noteDown();
        throw;
    }
}

std::unique_ptr<Connection> ConnectionPool::takeIdle() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return nullptr;
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
}

std::unique_ptr<Connection> ConnectionPool::connect() {
    {
        const std::lock_guard lock(mutex_);
        const auto now = std::chrono::steady_clock::now();
        if (down_ && now < tryAgain_) throw app::QueueError("Redis: down a moment ago");
        // This caller tries; while it does, which may take the whole timeout, the others are refused.
        if (down_) tryAgain_ = now + base::limits::kRedisConnectTimeout + base::limits::kRedisCommandTimeout + kPause;
    }
    try {
        auto connection = std::make_unique<Connection>(endpoint_);
        const std::lock_guard lock(mutex_);
        down_ = false;
        return connection;
    } catch (const app::QueueError&) {
        noteDown();
        throw;
    }
}

void ConnectionPool::giveBack(std::unique_ptr<Connection> connection) {
    const std::lock_guard lock(mutex_);
    down_ = false;
    idle_.push_back(std::move(connection));
}

void ConnectionPool::noteDown() {
    const std::lock_guard lock(mutex_);
    idle_.clear();
    down_ = true;
    tryAgain_ = std::chrono::steady_clock::now() + kPause;
}

} // namespace rota::redis
