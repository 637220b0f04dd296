#include "worker/rebuilder.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"

namespace rota::worker {
namespace {

using base::Instant;

/// Later than any job, and earlier than the end of time that PostgreSQL knows.
constexpr Instant kAnyTime = std::chrono::sys_days{std::chrono::year{9999} / 12 / 31};

/// A queue that is emptied again so often is not worth the load; the dispatcher will ask anew.
constexpr int kBeginnings = 5;

/// Until a request. Long, since a request wakes the loop.
constexpr base::Milliseconds kIdle = std::chrono::hours{1};

} // namespace

Rebuilder::Rebuilder(app::JobStore& store, app::JobQueue& queue, const base::Clock& clock)
    : store_(store), queue_(queue), clock_(clock), loop_("rebuilder", [this] { return turn(); }) {}

void Rebuilder::start() {
    loop_.start();
}

void Rebuilder::stop() {
    loop_.stop();
}

void Rebuilder::request() {
    requested_ = true;
    loop_.wake();
}

void Rebuilder::onFinished(std::function<void()> finished) {
    onFinished_ = std::move(finished);
}

base::Milliseconds Rebuilder::turn() {
    // A request that comes while the queue is being filled is about that very gap, or is made again by the next look.
    if (requested_.exchange(false) && rebuild()) onFinished_();
    return kIdle;
}

bool Rebuilder::rebuild() {
    bool filled = false;
    store_.alone("rebuild", [&] {
        // Another process may have filled it between the request and the lock. A claim of nothing tells.
        const auto now = clock_.now();
        if (std::holds_alternative<app::JobQueue::NeedsRebuild>(queue_.claim(0, now, now)))
            for (int beginning = 0; beginning < kBeginnings && !filled && !loop_.stopping(); ++beginning)
                filled = fill();
    });
    return filled;
}

/// Killed at any instruction, it leaves a queue without an epoch, which nobody takes for whole: the next process to
/// look asks for a rebuild, and the lock died with the connection that held it.
bool Rebuilder::fill() {
    const auto begun = clock_.now();
    const auto token = queue_.beginRebuild();
    std::size_t total = 0;
    // Rows that commit behind the cursor, or move there, are not missed: whoever makes or moves a job tells the queue
    // after the commit, and every flush since the beginning, which could take them away again, makes this rebuild fail.
    // An add that fails in that very moment is made good by the janitor.
    for (app::QueuedJob after; !loop_.stopping();) {
        const auto rows = store_.pending(after, kAnyTime, base::limits::kRebuildBatch);
        if (rows.empty()) {
            if (!queue_.finishRebuild(token)) return false;
            base::log::info("the queue is filled anew", {{"jobs", total}, {"took_ms", (clock_.now() - begun).count()}});
            return true;
        }
        if (!queue_.rebuildChunk(token, rows)) return false;
        after = rows.back();
        total += rows.size();
    }
    return false;
}

} // namespace rota::worker
