#pragma once

#include "postgres/connection.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace rota::postgres {

class Pool;

struct PoolSize {
    std::size_t min = 10;
    std::size_t max = 50;
};

/// A connection on loan, given back at its end. Ends before the pool does.
class Lease {
public:
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

private:
    friend class Pool;
    Lease(Pool& pool, std::unique_ptr<Connection> connection) : pool_(&pool), connection_(std::move(connection)) {}

    Pool* pool_;
    std::unique_ptr<Connection> connection_;
};

/// The connections of this process, between `min` and `max`. They are opened by a thread of the pool, one after the
/// other and never by a caller, so that an absent database is asked by one patient thread instead of a storm; callers
/// wait a bounded time, and not at all once it is known that nobody answers, be it to a connect or, as where a server
/// stands still, to a statement. Heals by itself. [thread-safe]
class Pool {
public:
    /// Opens `min` connections in the background; the constructor waits for none.
    explicit Pool(ConnectionSettings settings, PoolSize size = {});
    /// Every lease must have ended.
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    /// Waits limits::kDatabasePoolWait at most. Throws StorageUnavailable.
    Lease borrow();

    /// Calls `read` with a connection, and once more with another one where the first broke: so only for what writes
    /// nothing, or what is the same when done twice.
    template <class Read>
    auto retrying(Read&& read) {
        {
            Lease first = borrow();
            try {
                return read(*first);
            } catch (const app::StorageUnavailable&) {
            }
        }
        Lease second = borrow();
        return read(*second);
    }

    struct Statistics {
        std::size_t inUse = 0;
        std::size_t idle = 0;
        std::size_t waiting = 0;    ///< callers, now
        std::uint64_t waits = 0;    ///< loans that had to wait, ever
        std::uint64_t refusals = 0; ///< loans that failed, ever
        std::uint64_t connects = 0; ///< connections opened, ever
        std::uint64_t connectErrors = 0;
    };
    Statistics statistics() const;

private:
    friend class Lease;
    using Clock = std::chrono::steady_clock;
    struct Idle {
        std::unique_ptr<Connection> connection;
        Clock::time_point since;
    };

    void giveBack(std::unique_ptr<Connection> connection) noexcept;
    std::unique_ptr<Connection> takeIdle(std::unique_lock<std::mutex>& lock);
    void tellOfLoss();

    void keepOpen();
    bool wantsConnection() const;
    void openOne(std::unique_lock<std::mutex>& lock);
    void closeUnwanted(std::unique_lock<std::mutex>& lock);

    const ConnectionSettings settings_;
    const PoolSize size_;

    mutable std::mutex mutex_;
    std::condition_variable returned_; ///< for callers: a connection is idle, or the database turned out to be away
    std::condition_variable wanted_;   ///< for the opener
    std::vector<Idle> idle_;           ///< the last returned is lent first, so that the surplus shows at the front
    std::size_t inUse_ = 0;
    std::size_t waiting_ = 0;
    bool silent_ = false;       ///< an answer was given up, and nobody else has had one
    bool away_ = false;         ///< the last attempt to connect failed
    Clock::time_point heard_{}; ///< when a connection last came back in order, or was made
    std::string awayBecause_;
    Clock::time_point nextAttempt_{};
    std::chrono::milliseconds pause_{0};
    std::uint64_t waits_ = 0;
    std::uint64_t refusals_ = 0;
    std::uint64_t connects_ = 0;
    std::uint64_t connectErrors_ = 0;
    std::atomic<bool> stopping_{false};
    std::thread opener_;
};

} // namespace rota::postgres
