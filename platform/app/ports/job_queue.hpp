#pragma once

#include "app/ports/appointment_store.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace rota::app {

/// When jobs are due: ids and times, nothing else, and nothing that cannot be lost. Throws QueueError. [thread-safe]
class JobQueue {
public:
    virtual ~JobQueue() = default;

    /// Adds or moves; one that is leased stays as it is, for whoever holds it puts it back or forgets it by what the
    /// database says. So adding what may be there already never makes two workers run after one job. Wakes the
    /// dispatchers where the earliest time moved forward.
    virtual void add(std::span<const QueuedJob> jobs) = 0;
    virtual void cancel(std::span<const base::JobId> ids) = 0;

    struct Due {
        std::vector<base::JobId> ids; ///< leased until `leaseUntil`
    };
    struct NothingDue {
        std::optional<base::Instant> next;
    };
    /// The queue has been emptied or is another one than the one last filled: rebuild it.
    struct NeedsRebuild {};
    using Claim = std::variant<Due, NothingDue, NeedsRebuild>;

    virtual Claim claim(std::size_t most, base::Instant now, base::Instant leaseUntil) = 0;

    /// Forgets leased ids.
    virtual void ack(std::span<const base::JobId> ids) = 0;
    /// Puts leased ids back, due at their time.
    virtual void retry(std::span<const QueuedJob> jobs) = 0;
    virtual void extend(std::span<const base::JobId> ids, base::Instant leaseUntil) = 0;
    /// Makes ids due again whose lease ran out. Returns how many.
    virtual std::size_t reap(base::Instant now) = 0;

    /// Rebuilding: begin, any number of chunks, finish. A chunk or finish answers false where the queue was emptied
    /// again or another rebuild took over; then begin anew.
    virtual std::string beginRebuild() = 0;
    virtual bool rebuildChunk(const std::string& token, std::span<const QueuedJob> jobs) = 0;
    virtual bool finishRebuild(const std::string& token) = 0;

    /// Calls `wake` from a thread of its own whenever an earlier job was added by any process. The hint may be lost.
    /// At most one subscription; it ends with the queue's destruction or when an empty function is given.
    virtual void onWake(std::function<void()> wake) = 0;

    /// Throws QueueError where the queue does not answer.
    virtual void ping() = 0;
};

} // namespace rota::app
