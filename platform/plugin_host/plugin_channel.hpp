#pragma once

#include "app/ports/channel.hpp"
#include "plugin_host/plugin_instance.hpp"

#include <rota/plugin.h>

#include <memory>
#include <optional>
#include <string>

namespace rota::plugin_host {

/// What a status of the contract means to the sender, by its class: certainly not sent, may have been sent, this
/// message never, this instance is broken, cancelled. A class that is not known may have been sent.
app::SendStatus sendStatusOf(rota_status status);

/// rota.channel/1 as the port.
class PluginChannel final : public app::Channel {
public:
    /// `instance` has the interface; see `of`.
    static std::shared_ptr<PluginChannel> of(std::shared_ptr<PluginInstance> instance, std::string name,
                                             base::Milliseconds timeout);

    const std::string& instance() const override { return name_; }
    app::SendResult send(const app::Message& message, int attempt) override;

    /// Why it could not send now; none where it could, or cannot tell.
    std::optional<std::string> ailment() const;
    bool takes(domain::Medium medium) const;
    const PluginInstance& plugin() const { return *instance_; }

private:
    PluginChannel(std::shared_ptr<PluginInstance> instance, const rota_channel_v1* table, std::string name,
                  base::Milliseconds timeout)
        : instance_(std::move(instance)), table_(table), name_(std::move(name)), timeout_(timeout) {}
    app::SendResult result(rota_status status, const rota_receipt& receipt, const rota_error& error) const;

    std::shared_ptr<PluginInstance> instance_;
    const rota_channel_v1* table_;
    std::string name_;
    base::Milliseconds timeout_;
};

} // namespace rota::plugin_host
