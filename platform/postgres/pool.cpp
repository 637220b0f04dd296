#include "postgres/pool.hpp"

#include "base/deadline.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"

#include <algorithm>

namespace rota::postgres {
namespace limits = base::limits;
namespace log = base::log;
using namespace std::chrono_literals;
namespace {

/// Pauses after failed connects: doubled from the first to the last. The last bounds how late a return is noticed.
constexpr auto kFirstPause = 50ms;
constexpr auto kLastPause = 1000ms;
/// A burst's connections are kept so long after it, at most twice as long; each costs the server some 10 MB.
constexpr auto kSurplusIdle = 60s;
/// Where one answer was given up while others came within that, the statement was slow, and not the server.
constexpr auto kSilence = 1s;

} // namespace

Lease::~Lease() {
    if (connection_) pool_->giveBack(std::move(connection_));
}

Pool::Pool(ConnectionSettings settings, PoolSize size) : settings_(std::move(settings)), size_(size) {
    idle_.reserve(size_.max); // returning a connection then cannot fail
    opener_ = std::thread([this] { keepOpen(); });
}

Pool::~Pool() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wanted_.notify_all();
    returned_.notify_all();
    opener_.join();
}

Lease Pool::borrow() {
    std::unique_lock lock(mutex_);
    const auto deadline = base::Deadline::earlier(Clock::now() + limits::kDatabasePoolWait);
    bool waited = false;
    for (;;) {
        // What has been returned belongs to those who wait already, so that no one waits for ever.
        if (!silent_ && !idle_.empty() && (waited || idle_.size() > waiting_)) {
            if (auto connection = takeIdle(lock)) return Lease(*this, std::move(connection));
            continue;
        }
        // With connections in use there still is a server, which only takes no more of them: one will be returned.
        const bool hopeless = silent_ || (away_ && inUse_ == 0);
        if (hopeless || stopping_ || Clock::now() >= deadline) {
            ++refusals_;
            throw app::StorageUnavailable(away_     ? "no database connection: " + awayBecause_
                                          : silent_ ? "no database connection: it does not answer"
                                                    : "no database connection became free in time");
        }
        if (!waited) ++waits_;
        waited = true;
        ++waiting_;
        if (wantsConnection()) wanted_.notify_one();
        returned_.wait_until(lock, deadline);
        --waiting_;
    }
}

/// Null where it is broken. The mutex is free while the kernel is asked, and while a broken one is closed.
std::unique_ptr<Connection> Pool::takeIdle(std::unique_lock<std::mutex>& lock) {
    auto connection = std::move(idle_.back().connection);
    idle_.pop_back();
    ++inUse_;
    lock.unlock();
    if (connection->usable()) return connection;
    connection.reset();
    lock.lock();
    --inUse_;
    tellOfLoss();
    return nullptr;
}

void Pool::tellOfLoss() {
    // All of them where it broke: the last one in use may have been what the others had hoped for.
    if (silent_ || (inUse_ == 0 && away_)) returned_.notify_all();
    wanted_.notify_one();
}

void Pool::giveBack(std::unique_ptr<Connection> connection) noexcept {
    const bool works = connection->reset();
    const bool givenUp = connection->givenUp();
    if (!works) connection.reset();
    const std::lock_guard lock(mutex_);
    --inUse_;
    const auto now = Clock::now();
    if (connection) {
        idle_.push_back({std::move(connection), now});
        heard_ = now;
        silent_ = false;
    } else if (givenUp && !silent_ && now - heard_ > kSilence) {
        log::warning("the database does not answer", {{"database", settings_.where()}});
        silent_ = true;
    }
    // The opener has nothing to do with one that is well: waking it each time would cost as much as a short query.
    if (!works) tellOfLoss();
    returned_.notify_one();
}

void Pool::keepOpen() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        const auto now = Clock::now();
        closeUnwanted(lock);
        if (stopping_) break; // which may have come while the mutex was free
        if (!wantsConnection()) {
            wanted_.wait_for(lock, kSurplusIdle);
        } else if (now < nextAttempt_) {
            wanted_.wait_until(lock, nextAttempt_);
        } else {
            openOne(lock);
        }
    }
}

bool Pool::wantsConnection() const {
    const std::size_t open = idle_.size() + inUse_;
    if (silent_) return open < size_.max; // whose making is the first that is heard again
    return open < size_.min || (waiting_ > idle_.size() && open < size_.max);
}

void Pool::openOne(std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    std::unique_ptr<Connection> connection;
    std::string problem;
    try {
        connection = std::make_unique<Connection>(settings_, [this] { return stopping_.load(); });
        connection->answersWithin(limits::kDatabaseAnswer);
    } catch (const std::exception& error) {
        problem = error.what();
    }
    lock.lock();

    if (connection) {
        if (away_ || silent_) log::info("database is back", {{"database", settings_.where()}});
        ++connects_;
        away_ = false;
        silent_ = false;
        pause_ = 0ms;
        heard_ = Clock::now();
        idle_.push_back({std::move(connection), heard_});
        returned_.notify_one();
        return;
    }
    if (!away_ && !stopping_)
        log::warning("cannot connect to the database", {{"database", settings_.where()}, {"error", problem}});
    ++connectErrors_;
    away_ = true;
    awayBecause_ = std::move(problem);
    pause_ = std::clamp<std::chrono::milliseconds>(pause_ * 2, kFirstPause, kLastPause);
    nextAttempt_ = Clock::now() + pause_;
    returned_.notify_all();
}

// Those beyond the minimum that nobody uses; and all of a server that has fallen silent: each would take a caller's
// time to turn out no better than the one that was given up.
void Pool::closeUnwanted(std::unique_lock<std::mutex>& lock) {
    const auto isSurplus = [this](const Idle& oldest) {
        return idle_.size() + inUse_ > size_.min && Clock::now() - oldest.since > kSurplusIdle;
    };
    std::vector<Idle> unwanted;
    while (!idle_.empty() && (silent_ || isSurplus(idle_.front()))) {
        unwanted.push_back(std::move(idle_.front()));
        idle_.erase(idle_.begin());
    }
    if (unwanted.empty()) return;
    lock.unlock();
    unwanted.clear();
    lock.lock();
}

Pool::Statistics Pool::statistics() const {
    const std::lock_guard lock(mutex_);
    Statistics now;
    now.inUse = inUse_;
    now.idle = idle_.size();
    now.waiting = waiting_;
    now.waits = waits_;
    now.refusals = refusals_;
    now.connects = connects_;
    now.connectErrors = connectErrors_;
    return now;
}

} // namespace rota::postgres
