#include "support/in_memory_job_queue.hpp"

#include "app/ports/errors.hpp"

#include <algorithm>
#include <utility>

namespace rota::testing {

std::unique_lock<std::mutex> InMemoryJobQueue::connect() const {
    std::unique_lock lock{mutex_};
    if (failing_) throw app::QueueError("connection refused");
    return lock;
}

std::optional<base::Instant> InMemoryJobQueue::head() const {
    const auto first =
        std::min_element(due_.begin(), due_.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    return first == due_.end() ? std::nullopt : std::optional{first->second};
}

void InMemoryJobQueue::unlockAndWake(std::unique_lock<std::mutex> lock, std::optional<base::Instant> before) const {
    const bool earlier = head() && (!before || *head() < *before);
    const auto wake = wake_;
    lock.unlock();
    if (earlier && wake) wake();
}

void InMemoryJobQueue::add(std::span<const app::QueuedJob> jobs) {
    auto lock = connect();
    if (full_) throw app::QueueError("out of memory");
    const auto before = head();
    for (const auto& job : jobs)
        if (!leases_.contains(job.id)) due_[job.id] = job.runAt;
    unlockAndWake(std::move(lock), before);
}

void InMemoryJobQueue::cancel(std::span<const base::JobId> ids) {
    const auto lock = connect();
    for (const auto id : ids) {
        due_.erase(id);
        leases_.erase(id);
    }
}

app::JobQueue::Claim InMemoryJobQueue::claim(std::size_t most, base::Instant now, base::Instant leaseUntil) {
    const auto lock = connect();
    if (!filled_) return NeedsRebuild{};

    std::vector<std::pair<base::Instant, base::JobId>> ready;
    for (const auto& [id, runAt] : due_)
        if (runAt <= now) ready.emplace_back(runAt, id);
    if (ready.empty()) return NothingDue{head()};
    std::sort(ready.begin(), ready.end());
    ready.resize(std::min(most, ready.size()));

    Due due;
    for (const auto& [runAt, id] : ready) {
        due_.erase(id);
        leases_[id] = leaseUntil;
        due.ids.push_back(id);
    }
    return due;
}

void InMemoryJobQueue::ack(std::span<const base::JobId> ids) {
    const auto lock = connect();
    for (const auto id : ids)
        leases_.erase(id);
}

void InMemoryJobQueue::retry(std::span<const app::QueuedJob> jobs) {
    auto lock = connect();
    const auto before = head();
    for (const auto& job : jobs) {
        leases_.erase(job.id);
        due_[job.id] = job.runAt;
    }
    unlockAndWake(std::move(lock), before);
}

void InMemoryJobQueue::extend(std::span<const base::JobId> ids, base::Instant leaseUntil) {
    const auto lock = connect();
    for (const auto id : ids)
        if (const auto lease = leases_.find(id); lease != leases_.end()) lease->second = leaseUntil;
}

std::size_t InMemoryJobQueue::reap(base::Instant now) {
    auto lock = connect();
    const auto before = head();
    const auto reaped = std::erase_if(leases_, [&](const auto& lease) {
        if (lease.second > now) return false;
        due_[lease.first] = now;
        return true;
    });
    unlockAndWake(std::move(lock), before);
    return reaped;
}

std::string InMemoryJobQueue::beginRebuild() {
    const auto lock = connect();
    building_ = "rebuild-" + std::to_string(++rebuilds_);
    return building_;
}

bool InMemoryJobQueue::rebuildChunk(const std::string& token, std::span<const app::QueuedJob> jobs) {
    const auto lock = connect();
    if (token != building_) return false;
    for (const auto& job : jobs)
        if (!leases_.contains(job.id)) due_.try_emplace(job.id, job.runAt);
    return true;
}

bool InMemoryJobQueue::finishRebuild(const std::string& token) {
    auto lock = connect();
    if (token != building_) return false;
    building_.clear();
    filled_ = true;
    unlockAndWake(std::move(lock), std::nullopt);
    return true;
}

void InMemoryJobQueue::onWake(std::function<void()> wake) {
    const std::lock_guard lock{mutex_};
    wake_ = std::move(wake);
}

void InMemoryJobQueue::ping() {
    const auto lock = connect();
}

void InMemoryJobQueue::flush() {
    const std::lock_guard lock{mutex_};
    due_.clear();
    leases_.clear();
    filled_ = false;
    building_.clear();
}

void InMemoryJobQueue::setFailing(bool failing) {
    const std::lock_guard lock{mutex_};
    failing_ = failing;
}

void InMemoryJobQueue::setFull(bool full) {
    const std::lock_guard lock{mutex_};
    full_ = full;
}

std::map<base::JobId, base::Instant> InMemoryJobQueue::due() const {
    const std::lock_guard lock{mutex_};
    return due_;
}

} // namespace rota::testing
