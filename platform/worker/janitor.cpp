#include "worker/janitor.hpp"

#include "app/ports/errors.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"

#include <exception>

namespace rota::worker {
namespace {

/// Twice the period: what a sweep adds is in the queue before it is due, even when the next sweep comes late.
constexpr base::Milliseconds kLookahead = 2 * base::limits::kJanitorPeriod;

} // namespace

Janitor::Janitor(app::JobStore& store, app::JobQueue& queue, const base::Clock& clock)
    : store_(store), queue_(queue), clock_(clock), loop_("janitor", [this] {
          sweep();
          return base::limits::kJanitorPeriod;
      }) {}

void Janitor::start() {
    loop_.start();
}

void Janitor::stop() {
    loop_.stop();
}

void Janitor::wake() {
    loop_.wake();
}

void Janitor::sweep() {
    step("return leases", [this] { returnLeases(); });
    step("expire leases", [this] { expireLeases(); });
    step("add missing", [this] { addMissing(); });
    step("count overdue", [this] { countOverdue(); });
}

/// A worker that died between leasing in Redis and claiming in PostgreSQL had sent nothing: its jobs run again.
void Janitor::returnLeases() {
    if (const auto count = queue_.reap(clock_.now()); count > 0)
        base::log::info("jobs of a worker that went away are due again", {{"jobs", count}});
}

/// One that died after claiming may have sent.
void Janitor::expireLeases() {
    if (const auto count = store_.expireLeases(clock_.now()); count > 0)
        base::log::warning("a worker went away while sending; what it sent is known by the providers alone",
                           {{"jobs", count}});
}

/// What a booking could not add because Redis was away, or full. Adding again what is there changes nothing, and what
/// is leased stays leased.
void Janitor::addMissing() {
    const auto until = clock_.now() + kLookahead;
    for (app::QueuedJob after; !loop_.stopping();) {
        const auto rows = store_.pending(after, until, base::limits::kRebuildBatch);
        if (rows.empty()) return;
        try {
            queue_.add(rows);
            onAdded_(true);
        } catch (const app::QueueError&) {
            onAdded_(false);
            throw;
        }
        after = rows.back();
    }
}

void Janitor::countOverdue() {
    if (const auto count = store_.overdue(clock_.now(), base::limits::kOverdueGrace); count > 0)
        base::log::warning("jobs are overdue", {{"jobs", count}});
}

void Janitor::step(std::string_view name, const std::function<void()>& work) {
    if (loop_.stopping()) return;
    try {
        work();
    } catch (const std::exception& error) {
        base::log::warning("a step of the sweep failed and will be repeated",
                           {{"step", name}, {"error", error.what()}});
    }
}

} // namespace rota::worker
