#pragma once

#include "base/clock.hpp"
#include "plugin_host/hosted.hpp"
#include "plugin_host/isolation/values.hpp"

#include <tl/expected.hpp>

#include <memory>
#include <string>
#include <vector>

namespace rota::plugin_host::isolation {

/// A channel whose plugin runs in processes of its own: whatever it does there,
/// this process goes on. A call that reached a process which then ended may
/// have been sent; one that did not is certain not to have been. A process that
/// ends is started again, after a while that grows, and no more once it has
/// ended too often.
class IsolatedChannel final : public HostedChannel, public Hosted {
public:
    /// Starts the processes and waits until each is ready. `clock` must outlive
    /// it.
    static tl::expected<std::shared_ptr<IsolatedChannel>, std::vector<PluginProblem>>
    start(const std::string& program, Start start, int processes, const base::Clock& clock);
    /// No call may be under way. Each process deactivates and destroys its instance, or is killed where it takes long.
    ~IsolatedChannel() override;

    const std::string& instance() const override;
    bool honoursIdempotencyKey() const override;
    bool takes(domain::Medium medium) const override;
    app::SendResult send(const app::Message& message, int attempt) override;
    app::DeliveryStatus status(const std::string& providerMessageId, const std::string& deliveryId) override;
    WebhookAnswer webhook(const app::WebhookRequest& request) override;
    std::optional<std::string> ailment() override;
    void abandonCalls() override;

    InstanceInfo info() const override;
    std::map<std::string, double> counters() const override;

private:
    class Keeper;
    struct Shared;
    explicit IsolatedChannel(std::unique_ptr<Shared> shared);

    std::unique_ptr<Shared> shared_;
    std::vector<std::unique_ptr<Keeper>> keepers_;
};

} // namespace rota::plugin_host::isolation
