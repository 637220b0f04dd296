#pragma once

#include "app/ports/channel.hpp"
#include "plugin_host/hosted.hpp"
#include "plugin_host/plugin_instance.hpp"

#include <rota/plugin.h>

#include <memory>
#include <optional>
#include <string>

namespace rota::plugin_host {

/// What a status of the contract means to the sender, by its class: certainly not sent, may have been sent, this
/// message never, this instance is broken, cancelled. A class that is not known may have been sent.
app::SendStatus sendStatusOf(rota_status status);

/// The same for a callback that was not taken.
app::WebhookRefused::Reason refusalOf(rota_status status);

/// rota.channel/1 as the port.
class PluginChannel final : public HostedChannel {
public:
    /// `instance` has the interface; see `of`.
    static std::shared_ptr<PluginChannel> of(std::shared_ptr<PluginInstance> instance, std::string name,
                                             base::Milliseconds timeout);

    /// The same, whose next calls have that long.
    PluginChannel within(base::Milliseconds timeout) const { return {instance_, table_, name_, timeout}; }

    const std::string& instance() const override { return name_; }
    bool honoursIdempotencyKey() const override { return instance_->has(ROTA_FLAG_IDEMPOTENT); }
    app::SendResult send(const app::Message& message, int attempt) override;
    app::DeliveryStatus status(const std::string& providerMessageId, const std::string& deliveryId) override;
    tl::expected<app::WebhookContent, app::WebhookRefused> webhook(const app::WebhookRequest& request) override;
    std::optional<std::string> ailment() override;

    bool takes(domain::Medium medium) const override;
    const PluginInstance& plugin() const { return *instance_; }

private:
    PluginChannel(std::shared_ptr<PluginInstance> instance, const rota_channel_v1* table, std::string name,
                  base::Milliseconds timeout)
        : instance_(std::move(instance)), table_(table), name_(std::move(name)), timeout_(timeout) {}
    app::SendResult withoutTurn() const;
    rota_status checkAndSend(const rota_call& call, const rota_message& message, rota_receipt& receipt,
                             rota_error& error) const;
    app::SendResult result(rota_status status, const rota_receipt& receipt, const rota_error& error) const;

    std::shared_ptr<PluginInstance> instance_;
    const rota_channel_v1* table_;
    std::string name_;
    base::Milliseconds timeout_;
};

} // namespace rota::plugin_host
