#pragma once

#include "app/channel_rules.hpp"
#include "app/ports/channel.hpp"
#include "app/ports/delivery_store.hpp"
#include "app/ports/job_queue.hpp"
#include "app/retry.hpp"
#include "base/clock.hpp"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace rota::app {

/// Finds out about messages that may have been sent: asks the provider; where that cannot tell, hands the message to
/// the same channel again if that does no harm or is configured so; else gives it up, and says so. What a callback
/// tells meanwhile, or later, stands (RecordDeliveryEvent). Throws StorageError. [thread-safe]
class ResolveDoubts {
public:
    /// All of them outlive it.
    ResolveDoubts(DeliveryStore& deliveries, const ChannelRegistry& channels, JobQueue& queue, const base::Clock& clock,
                  const ChannelRulesByName& rules, Jitter jitter = randomJitter());

    /// Looks at those whose time has come, at most limits::kDoubtBatch. Returns how many there were.
    std::size_t operator()() const;

private:
    using Channels = std::vector<std::shared_ptr<Channel>>;
    struct Batch {
        std::set<std::string> unreachable; ///< channels that are not asked again in this batch
        std::vector<QueuedJob> again;
        std::vector<Doubt> givenUp;
    };

    void look(const Doubt& doubt, Batch& batch) const;
    DeliveryStatus ask(Channel& channel, const Doubt& doubt, Batch& batch) const;
    bool told(const Doubt& doubt, const Channel& channel, const DeliveryStatus& status) const;
    void decide(const Doubt& doubt, const Channels& candidates, Batch& batch) const;
    void sendAgain(const Doubt& doubt, const std::string& onlyChannel, Batch& batch) const;
    void lookLater(const Doubt& doubt) const;

    DeliveryStore& deliveries_;
    const ChannelRegistry& channels_;
    JobQueue& queue_;
    const base::Clock& clock_;
    const ChannelRulesByName& rules_;
    const Jitter jitter_;
};

} // namespace rota::app
