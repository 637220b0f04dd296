#pragma once

#include "app/clinic.hpp"
#include "app/ports/availability_policy.hpp"
#include "app/ports/job_queue.hpp"
#include "app/ports/job_store.hpp"
#include "app/ports/waitlist_store.hpp"
#include "base/clock.hpp"

namespace rota::app {

/// The work of a promote_waitlist job: gives a freed time to the first of those who wait for it, in the order of the
/// doctor's strategy, if it still is open; else to nobody, and all go on waiting. Run twice it finds the time taken.
/// Throws StorageError, PolicyError, upon which the job is run again. [thread-safe]
class PromoteWaitlist {
public:
    PromoteWaitlist(WaitlistStore& waitlist, const WaitlistStrategies& strategies, const AvailabilityPolicies& policies,
                    JobQueue& queue, const base::Clock& clock, const Clinic& clinic);

    JobResult operator()(const ClaimedJob& job) const;

private:
    std::vector<WaitlistCandidateRow> suitable(const FreedSlot& slot) const;
    enum class Offer { Taken, PassedOver, Closed };
    Offer offer(const FreedSlot& slot, const RankedCandidate& candidate, base::PatientId patient) const;

    WaitlistStore& waitlist_;
    const WaitlistStrategies& strategies_;
    const AvailabilityPolicies& policies_;
    JobQueue& queue_;
    const base::Clock& clock_;
    const Clinic& clinic_;
};

} // namespace rota::app
