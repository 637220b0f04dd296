#include "worker/dispatcher.hpp"

#include "app/ports/errors.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"

#include <algorithm>

namespace rota::worker {
namespace {

using app::JobQueue;
using base::Milliseconds;
using base::limits::kDispatcherTick;
using base::limits::kJobLease;

/// Often enough that one failed attempt to extend does not lose a lease.
constexpr Milliseconds kKeepLeasesEvery = kJobLease / 3;

/// Between two looks where jobs come in a stream, as confirmations do while many book: each look costs Redis a call,
/// and each batch PostgreSQL two commits. The more the last look found, the longer the next one gathers. A job that is
/// alone does not wait, and one in a stream hardly.
constexpr Milliseconds kPauseAJob{2};
constexpr Milliseconds kLongestPause{20};

Milliseconds pauseAfter(std::size_t found) {
    return std::min(kLongestPause, kPauseAJob * static_cast<int>(found));
}

} // namespace

Dispatcher::Dispatcher(JobQueue& queue, const base::Clock& clock, Runner& runner, Rebuilder& rebuilder)
    : queue_(queue), clock_(clock), runner_(runner), rebuilder_(rebuilder), loop_("dispatcher", [this] {
          return turn();
      }) {
    runner_.onRoom([this] { wake(); });
    rebuilder_.onFinished([this] { wake(); });
}

Dispatcher::~Dispatcher() {
    stop();
}

void Dispatcher::start() {
    queue_.onWake([this] { wake(); });
    loop_.start();
}

void Dispatcher::stop() {
    queue_.onWake({});
    loop_.stop();
}

void Dispatcher::wake() {
    loop_.wake();
}

void Dispatcher::queueIsComplete(bool complete) {
    if (queueComplete_.exchange(complete) == complete) return;
    if (complete)
        base::log::info("the queue takes jobs again");
    else
        base::log::warning("the queue takes no jobs; looking into the database as well");
    wake();
}

void Dispatcher::onQueueBack(std::function<void()> back) {
    onQueueBack_ = std::move(back);
}

Milliseconds Dispatcher::turn() {
    try {
        const auto wait = dispatchFromQueue();
        return queueComplete_ ? wait : std::min(wait, dispatchFromStore());
    } catch (const app::QueueError& error) {
        noteQueue(false, error.what());
        return dispatchFromStore();
    }
}

/// Killed after a claim, this process leaves ids that are leased in Redis and were never claimed in PostgreSQL: the
/// leases run out, a janitor returns them, and they run elsewhere. Nothing had been sent.
Milliseconds Dispatcher::dispatchFromQueue() {
    keepLeases();
    while (!loop_.stopping()) {
        const auto room = std::min(runner_.room(), base::limits::kLeaseBatch);
        // The runner wakes us as soon as there is some.
        if (room == 0) return kDispatcherTick;

        const auto now = clock_.now();
        auto claim = queue_.claim(room, now, now + kJobLease);
        noteQueue(true, "");
        if (std::holds_alternative<JobQueue::NeedsRebuild>(claim)) {
            rebuilder_.request();
            return dispatchFromStore();
        }
        if (const auto* nothing = std::get_if<JobQueue::NothingDue>(&claim)) {
            // Rounded up by the clock's own rounding down, so a job is never looked for before its time.
            if (!nothing->next) return kDispatcherTick;
            return std::clamp<Milliseconds>(*nothing->next - clock_.now(), Milliseconds{0}, kDispatcherTick);
        }
        const auto& due = std::get<JobQueue::Due>(claim).ids;
        runner_.offer(due);
        if (due.size() < room) loop_.rest(pauseAfter(due.size()));
    }
    return kDispatcherTick;
}

/// Slower, and up to a tick late, but nothing is kept from being sent. Rows that Redis has as well are found running
/// or finished when they come up there, and dropped.
Milliseconds Dispatcher::dispatchFromStore() {
    // Where all senders are taken now, the runner wakes us when one falls free.
    runner_.claimDue();
    return kDispatcherTick;
}

void Dispatcher::keepLeases() {
    const auto now = clock_.now();
    if (now - leasesKept_ < kKeepLeasesEvery) return;
    if (const auto ids = runner_.waiting(); !ids.empty()) queue_.extend(ids, now + kJobLease);
    leasesKept_ = now;
}

void Dispatcher::noteQueue(bool up, const char* why) {
    if (queueUp_ == up) return;
    queueUp_ = up;
    if (!up) {
        base::log::warning("the queue does not answer; dispatching from the database", {{"error", why}});
        return;
    }
    base::log::info("the queue answers again");
    onQueueBack_();
}

} // namespace rota::worker
