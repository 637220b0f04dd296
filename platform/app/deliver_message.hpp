#pragma once

#include "app/channel_circuit.hpp"
#include "app/channel_rules.hpp"
#include "app/clinic.hpp"
#include "app/pause.hpp"
#include "app/ports/channel.hpp"
#include "app/ports/job_store.hpp"
#include "app/ports/rate_limiter.hpp"
#include "app/ports/suppression_store.hpp"
#include "app/retry.hpp"
#include "app/templates.hpp"
#include "base/clock.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rota::app {

/// By which ways messages leave, and what holds them up. All of it outlives who is given it.
struct Ways {
    const ChannelRegistry& channels;
    const ChannelRulesByName& rules;
    ChannelCircuit& circuit;
    RateLimiter& pace;
    SuppressionStore& suppressions;
};

/// Renders a claimed job's message and hands it to the channels configured for its medium, in their order; decides what
/// becomes of the job. Who wants no such message gets none. A channel that is broken, or whose turn has not come, holds
/// its messages and loses none. Never throws: a template or address that fails is a Failed result of that job alone.
/// [thread-safe]
class DeliverMessage {
public:
    DeliverMessage(const Ways& ways, const Templates& templates, const base::Clock& clock, const Clinic& clinic,
                   Jitter jitter = randomJitter(), Pause pause = sleeping());

    JobResult operator()(const ClaimedJob& job) const;

    /// Looks up what stands against the recipients of jobs that were claimed together, at once: one by one, each costs
    /// the database a question. What this could not find out is asked again for each.
    void lookUp(std::span<ClaimedJob> jobs) const;

private:
    class Offer;
    using Channels = std::vector<std::shared_ptr<Channel>>;

    std::optional<JobResult> unwanted(const Message& message, const ClaimedJob& job) const;
    JobResult waiting(JobResult result, const ClaimedJob& job, base::Milliseconds atLeast) const;

    const Ways ways_;
    const Templates& templates_;
    const base::Clock& clock_;
    const Clinic& clinic_;
    const Jitter jitter_;
    const Pause pause_;
};

} // namespace rota::app
