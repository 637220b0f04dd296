#pragma once

#include "app/ports/channel.hpp"
#include "support/manual_clock.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace rota::testing {

/// Answers as told, and keeps what it was given. Each send takes as long as it is told to. For one thread.
class ScriptedChannel final : public app::Channel {
public:
    ScriptedChannel(std::string name, ManualClock& clock) : name_(std::move(name)), clock_(clock) {}

    const std::string& instance() const override { return name_; }
    bool honoursIdempotencyKey() const override { return idempotent; }
    app::SendResult send(const app::Message& message, int attempt) override {
        messages.push_back(message);
        attempts.push_back(attempt);
        clock_.advance(takes);
        return answer;
    }
    app::DeliveryStatus status(const std::string& providerMessageId, const std::string& deliveryId) override {
        asked.emplace_back(providerMessageId, deliveryId);
        return whereabouts;
    }
    tl::expected<app::WebhookContent, app::WebhookRefused> webhook(const app::WebhookRequest&) override {
        return callback;
    }
    std::optional<std::string> ailment() override { return std::nullopt; }

    app::SendResult answer{app::SendStatus::Sent, {}, "provider-1", "202", ""};
    app::DeliveryStatus whereabouts{app::DeliveryState::CannotTell, "", "", ""};
    tl::expected<app::WebhookContent, app::WebhookRefused> callback;
    bool idempotent = false;
    base::Milliseconds takes{0};
    std::vector<app::Message> messages;
    std::vector<int> attempts;
    std::vector<std::pair<std::string, std::string>> asked; ///< the provider's id and ours

private:
    std::string name_;
    ManualClock& clock_;
};

class FixedChannels final : public app::ChannelRegistry {
public:
    std::vector<std::shared_ptr<app::Channel>> channels(domain::Medium medium) const override {
        return medium == domain::Medium::Email ? email : sms;
    }
    std::shared_ptr<app::Channel> find(std::string_view instance) const override {
        for (const auto* order : {&email, &sms})
            for (const auto& channel : *order)
                if (channel->instance() == instance) return channel;
        return nullptr;
    }
    std::vector<std::shared_ptr<app::Channel>> email;
    std::vector<std::shared_ptr<app::Channel>> sms;
};

} // namespace rota::testing
