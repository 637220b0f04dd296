#pragma once

#include "app/clinic.hpp"
#include "app/ports/channel.hpp"
#include "app/ports/job_store.hpp"
#include "app/retry.hpp"
#include "app/templates.hpp"
#include "base/clock.hpp"

namespace rota::app {

/// Renders a claimed job's message and hands it to the channels configured for its medium, in their order; decides what
/// becomes of the job. Never throws: a template or address that fails is a Failed result of that job alone.
/// [thread-safe]
class DeliverMessage {
public:
    DeliverMessage(const ChannelRegistry& channels, const Templates& templates, const base::Clock& clock,
                   const Clinic& clinic, Jitter jitter = randomJitter());

    JobResult operator()(const ClaimedJob& job) const;

private:
    JobResult offered(const Message& message, const ClaimedJob& job) const;
    JobResult waiting(JobResult result, const ClaimedJob& job, base::Milliseconds atLeast) const;

    const ChannelRegistry& channels_;
    const Templates& templates_;
    const base::Clock& clock_;
    const Clinic& clinic_;
    const Jitter jitter_;
};

} // namespace rota::app
