#include "worker/runner.hpp"

#include "app/ports/errors.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <string_view>
#include <unordered_set>

// Where the process may be killed, and what then becomes of a job:
//   leased in Redis, not claimed       the lease runs out, a janitor returns it, it runs elsewhere; nothing was sent
//   claimed in PostgreSQL, not sent    its lease runs out there, it becomes `unknown`: from outside, this cannot be
//   told or sent, not recorded              from the next case, so few rows are ever claimed ahead of their send
//   recorded, not acknowledged         the lease in Redis runs out, the next claim finds the row finished and drops it
// No step depends on the one before having reached Redis: every answer of the queue that fails may be ignored.

namespace rota::worker {
namespace {

using app::ClaimedJob;
using app::JobOutcome;
using app::JobResult;
using app::QueuedJob;
using base::Instant;
using base::JobId;
namespace limits = base::limits;

/// While PostgreSQL is away: long enough not to burden it, short enough to be within its lease when it is back.
constexpr std::chrono::milliseconds kStorageBackoff{500};

/// Messages that were sent and are not recorded yet. While there are so many, no more are sent. Where sends are quick
/// the record is what takes longest: while one batch is written, more than another one may gather.
constexpr std::size_t kMostUnrecorded = 2 * limits::kClaimBatch;

/// How long a claim waits for more senders while more jobs wait, and a record for more results while more are sent:
/// nobody waits for a record.
constexpr std::chrono::milliseconds kGatherSenders{1};
constexpr std::chrono::milliseconds kGatherResults{5};

/// At a stop, after which the rows are left to become `unknown`.
constexpr int kLastAttempts = 3;

/// Failures of the server and its load, as against those of a statement's content, which would come again.
bool isPassing(const app::StorageError& error) {
    constexpr std::array<std::string_view, 6> kClasses{"08", "40", "53", "55", "57", "58"};
    return error.sqlstate().empty() ||
           std::ranges::any_of(kClasses, [&](auto prefix) { return error.sqlstate().starts_with(prefix); });
}

/// What is told to the queue speeds things up; PostgreSQL knows it already.
template <class Work>
void tellQueue(const Work& work) {
    try {
        work();
    } catch (const app::QueueError& error) {
        base::log::debug("the queue was not told", {{"error", error.what()}});
    }
}

} // namespace

Runner::Runner(app::JobStore& store, app::JobQueue& queue, const base::Clock& clock, JobHandlers handlers,
               std::size_t senders, app::Jitter jitter)
    : store_(store),
      queue_(queue),
      clock_(clock),
      handlers_(std::move(handlers)),
      senders_(senders),
      jitter_(std::move(jitter)) {}

Runner::~Runner() {
    stop();
}

void Runner::onRoom(std::function<void()> room) {
    onRoom_ = std::move(room);
}

void Runner::onClaimed(std::function<void(std::span<ClaimedJob>)> claimed) {
    onClaimed_ = std::move(claimed);
}

void Runner::start() {
    claimer_ = std::thread([this] { claimLoop(); });
    recorder_ = std::thread([this] { recordLoop(); });
    for (std::size_t i = 0; i < senders_; ++i)
        threads_.emplace_back([this] { sendLoop(); });
}

void Runner::stop() {
    std::vector<ClaimedJob> unsent;
    std::vector<QueuedJob> unclaimed;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    claimable_.notify_all();
    sendable_.notify_all();
    if (claimer_.joinable()) claimer_.join();
    {
        const std::lock_guard lock(mutex_);
        unsent.assign(claimed_.begin(), claimed_.end());
        claimed_.clear();
        for (const JobId id : waiting_)
            unclaimed.push_back({id, clock_.now()});
        waiting_.clear();
    }
    // Before the senders are waited for, so that other processes can take these at once.
    giveBack(unsent);
    if (!unclaimed.empty()) tellQueue([&] { queue_.retry(unclaimed); });

    for (auto& thread : threads_)
        thread.join();
    threads_.clear();
    {
        const std::lock_guard lock(mutex_);
        sendersDone_ = true;
    }
    recordable_.notify_all();
    if (recorder_.joinable()) recorder_.join();
}

// ---- leased ids

std::size_t Runner::room() {
    const std::lock_guard lock(mutex_);
    // Refilled when it runs low, so that one step in Redis brings many. More would only keep them from other processes.
    const bool enough = stopping_ || waiting_.size() >= senders_;
    roomWanted_ = enough;
    return enough ? 0 : limits::kLeaseBatch;
}

void Runner::offer(const std::vector<JobId>& ids) {
    {
        const std::lock_guard lock(mutex_);
        waiting_.insert(waiting_.end(), ids.begin(), ids.end());
    }
    claimable_.notify_all();
}

std::vector<JobId> Runner::waiting() const {
    const std::lock_guard lock(mutex_);
    return {waiting_.begin(), waiting_.end()};
}

std::size_t Runner::freeSenders() const {
    const auto taken = busy_ + claimed_.size() + reserved_;
    const bool recordingLags = results_.size() >= kMostUnrecorded;
    return stopping_ || recordingLags || taken >= senders_ ? 0 : senders_ - taken;
}

/// Half of them: while rows are claimed for these, the others send.
bool Runner::enoughSenders() const {
    return freeSenders() >= std::min({waiting_.size(), std::max<std::size_t>(senders_ / 2, 1), limits::kClaimBatch});
}

bool Runner::enoughResults() const {
    return busy_ == 0 || results_.size() >= limits::kClaimBatch;
}

void Runner::signalRoom(std::unique_lock<std::mutex>& lock) {
    const bool signal = roomWanted_ && !stopping_ && waiting_.size() < senders_;
    if (signal) roomWanted_ = false;
    lock.unlock();
    if (signal) onRoom_();
}

// ---- claiming

void Runner::claimLoop() {
    for (auto ids = nextIds(); !ids.empty(); ids = nextIds()) {
        bool failed = false;
        try {
            claimIds(ids);
        } catch (const std::exception& error) {
            failed = true;
            base::log::warning("jobs could not be claimed", {{"jobs", ids.size()}, {"error", error.what()}});
        }
        std::unique_lock lock(mutex_);
        reserved_ -= ids.size();
        if (failed) {
            // At the end: should one of them be to blame, the others do not wait behind it forever.
            waiting_.insert(waiting_.end(), ids.begin(), ids.end());
            claimable_.wait_for(lock, kStorageBackoff, [this] { return stopping_; });
        }
        signalRoom(lock);
    }
}

/// As many as there are free senders, which are reserved for them. Waits; empty at a stop.
std::vector<JobId> Runner::nextIds() {
    std::unique_lock lock(mutex_);
    const auto canClaim = [this] { return !waiting_.empty() && freeSenders() > 0; };
    do {
        claimable_.wait(lock, [&] { return stopping_ || canClaim(); });
        // Where sends are quick, more senders fall free within moments, and each claim is a commit.
        claimable_.wait_for(lock, kGatherSenders, [this] { return stopping_ || enoughSenders(); });
        if (stopping_) return {};
    } while (!canClaim()); // claimDue may have taken them
    const auto count = static_cast<std::ptrdiff_t>(std::min({waiting_.size(), freeSenders(), limits::kClaimBatch}));
    std::vector<JobId> ids(waiting_.begin(), waiting_.begin() + count);
    waiting_.erase(waiting_.begin(), waiting_.begin() + count);
    reserved_ += ids.size();
    return ids;
}

void Runner::claimIds(std::span<const JobId> ids) {
    const auto now = clock_.now();
    const auto leaseUntil = now + limits::kJobLease;
    app::JobStore::Claim claim;
    try {
        claim = store_.claim(ids, now, leaseUntil);
    } catch (const app::StorageError& error) {
        if (isPassing(error)) throw;
        if (ids.size() == 1) {
            // Its lease in the queue runs out and it comes again, alone among others that do run.
            base::log::error("a job cannot be claimed", {{"job", ids[0].value}, {"error", error.what()}});
            return;
        }
        for (std::size_t i = 0; i < ids.size(); ++i)
            claimIds(ids.subspan(i, 1));
        return;
    }
    hand(std::move(claim.claimed), leaseUntil);
    tellQueue([&] {
        if (!claim.later.empty()) queue_.retry(claim.later);
        if (!claim.gone.empty()) queue_.ack(claim.gone);
    });
}

void Runner::claimDue() {
    std::size_t count = 0;
    {
        const std::lock_guard lock(mutex_);
        count = std::min(freeSenders(), limits::kClaimBatch);
        reserved_ += count;
        roomWanted_ = true;
    }
    if (count == 0) return;

    std::size_t found = 0;
    const auto unreserve = [&] {
        const std::lock_guard lock(mutex_);
        reserved_ -= count;
        // Fewer than there were senders: nothing else is due.
        if (found < count) roomWanted_ = false;
        claimable_.notify_one();
    };
    try {
        const auto now = clock_.now();
        const auto leaseUntil = now + limits::kJobLease;
        auto jobs = store_.claimDue(count, now, leaseUntil);
        found = jobs.size();
        hand(std::move(jobs), leaseUntil);
    } catch (...) {
        unreserve();
        throw;
    }
    unreserve();
}

void Runner::hand(std::vector<ClaimedJob> jobs, Instant leaseUntil) {
    onClaimed_(jobs);
    {
        const std::lock_guard lock(mutex_);
        for (auto& job : jobs) {
            job.leaseUntil = leaseUntil;
            claimed_.push_back(std::move(job));
        }
    }
    // One sender for each: all of them, woken for a single job, would only meet at the mutex.
    for (std::size_t i = 0; i < jobs.size(); ++i)
        sendable_.notify_one();
}

// ---- sending

void Runner::sendLoop() {
    while (const auto job = nextJob()) {
        auto result = send(*job);
        std::unique_lock lock(mutex_);
        --busy_;
        if (result) results_.push_back(std::move(*result));
        // The first of them, or the last: woken for each, they would only look and wait on.
        if (freeSenders() == 1 || enoughSenders()) claimable_.notify_one();
        if (results_.size() == 1 || enoughResults()) recordable_.notify_one();
        signalRoom(lock);
    }
}

std::optional<ClaimedJob> Runner::nextJob() {
    std::unique_lock lock(mutex_);
    sendable_.wait(lock, [this] { return stopping_ || !claimed_.empty(); });
    // What is claimed and not begun is given back by stop.
    if (stopping_) return std::nullopt;
    auto job = std::move(claimed_.front());
    claimed_.pop_front();
    ++busy_;
    return job;
}

/// None where it was given back.
std::optional<JobResult> Runner::send(const ClaimedJob& job) {
    // A process that was stopped or swapped out since the claim may have lost the row to somebody else.
    if (clock_.now() + limits::kSendAndRecord > job.leaseUntil) {
        giveBack({&job, 1});
        return std::nullopt;
    }
    return handled(job);
}

JobResult Runner::handled(const ClaimedJob& job) const {
    const auto startedAt = clock_.now();
    JobResult result;
    try {
        if (const auto handler = handlers_.find(job.kind); handler != handlers_.end()) {
            result = handler->second(job);
        } else {
            result.outcome = JobOutcome::Failed;
            result.error = "this server has no handler for jobs of the kind " + std::string(toString(job.kind));
        }
    } catch (const std::exception& error) {
        base::log::error("a job's handler failed",
                         {{"job", job.id.value}, {"kind", toString(job.kind)}, {"error", error.what()}});
        result = threw(job);
    }
    result.id = job.id;
    result.leaseToken = job.leaseToken;
    result.attempt = job.attempt;
    result.startedAt = startedAt;
    result.finishedAt = clock_.now();
    return result;
}

/// Work is safe to do twice; a message that may have left is not.
JobResult Runner::threw(const ClaimedJob& job) const {
    JobResult result;
    result.error = "the handler failed; the log says why";
    if (domain::mediumOf(job.kind)) {
        result.outcome = JobOutcome::Unknown;
        return result;
    }
    const auto again = app::nextAttempt(job.attempt, clock_.now(), job.notAfter, {}, jitter_);
    result.outcome = again ? JobOutcome::Retry : JobOutcome::Failed;
    if (again) result.runAgainAt = *again;
    return result;
}

// ---- recording

/// While one batch is being written the next gathers, so under load batches grow by themselves.
void Runner::recordLoop() {
    int attemptsLeft = kLastAttempts;
    std::unique_lock lock(mutex_);
    for (;;) {
        recordable_.wait(lock, [this] { return sendersDone_ || !results_.empty(); });
        recordable_.wait_for(lock, kGatherResults, [this] { return sendersDone_ || enoughResults(); });
        if (results_.empty()) return;
        std::vector<JobResult> batch;
        batch.swap(results_);
        claimable_.notify_one(); // which may have stopped for them
        lock.unlock();
        auto left = record(batch);
        lock.lock();
        if (left.empty()) {
            claimable_.notify_all();
            signalRoom(lock);
            lock.lock();
            continue;
        }
        results_.insert(results_.begin(), left.begin(), left.end());
        if (sendersDone_ && --attemptsLeft == 0) {
            base::log::error("messages were sent and could not be recorded", {{"jobs", results_.size()}});
            return;
        }
        recordable_.wait_for(lock, kStorageBackoff);
    }
}

/// Returns those to try again. Recording twice is harmless: a result applies only to a running row under its lease.
std::vector<JobResult> Runner::record(std::span<const JobResult> results) {
    try {
        settle(results, store_.finish(results));
        return {};
    } catch (const app::StorageError& error) {
        base::log::warning("results could not be recorded", {{"jobs", results.size()}, {"error", error.what()}});
        if (isPassing(error)) return {results.begin(), results.end()};
        if (results.size() == 1) {
            base::log::error("a result cannot be recorded", {{"job", results[0].id.value}});
            return {};
        }
    }
    // One of them is to blame; the others do not suffer for it.
    std::vector<JobResult> left;
    for (std::size_t i = 0; i < results.size(); ++i)
        std::ranges::move(record(results.subspan(i, 1)), std::back_inserter(left));
    return left;
}

void Runner::settle(std::span<const JobResult> results, const std::vector<QueuedJob>& again) {
    std::unordered_set<JobId> returning;
    for (const auto& job : again)
        returning.insert(job.id);

    std::vector<JobId> done;
    for (const auto& result : results)
        if (!returning.contains(result.id)) done.push_back(result.id);
    tellQueue([&] {
        if (!again.empty()) queue_.retry(again);
        if (!done.empty()) queue_.ack(done);
    });
}

void Runner::giveBack(std::span<const ClaimedJob> jobs) {
    if (jobs.empty()) return;
    std::vector<QueuedJob> ids;
    for (const auto& job : jobs)
        ids.push_back({job.id, job.runAt});
    try {
        store_.release(jobs, clock_.now());
    } catch (const app::StorageError& error) {
        // They become `unknown` when their lease runs out, although nothing was sent.
        base::log::error("claimed jobs could not be given back", {{"jobs", jobs.size()}, {"error", error.what()}});
        return;
    }
    tellQueue([&] { queue_.retry(ids); });
}

} // namespace rota::worker
