#include "plugin_host/plugin_channel.hpp"

#include "base/log.hpp"
#include "plugin_host/abi.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace rota::plugin_host {
namespace {

using Steady = std::chrono::steady_clock;

/// The rota_call of one call. Its deadline is the machine's own measure, not the wall clock, which may jump.
class CallContext {
public:
    CallContext(base::Milliseconds timeout, int attempt, std::string_view correlation)
        : begin_(Steady::now()), deadline_(begin_ + timeout), raw_(sized<rota_call>()) {
        raw_.timeout_ms = static_cast<std::uint32_t>(timeout.count());
        raw_.attempt = static_cast<std::uint32_t>(std::max(attempt, 1));
        raw_.correlation_id = borrowed(correlation);
        raw_.cancelled = [](const void* ctx) noexcept -> std::int32_t {
            return Steady::now() >= static_cast<const CallContext*>(ctx)->deadline_ ? 1 : 0;
        };
        raw_.ctx = this;
    }
    CallContext(const CallContext&) = delete;
    CallContext& operator=(const CallContext&) = delete;

    const rota_call* raw() const { return &raw_; }
    bool overdue() const { return Steady::now() >= deadline_; }
    long long elapsedMs() const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - begin_).count();
    }

private:
    Steady::time_point begin_;
    Steady::time_point deadline_;
    rota_call raw_;
};

std::vector<rota_attachment> attachments(const app::Message& message) {
    std::vector<rota_attachment> result;
    for (const auto& item : message.attachments)
        result.push_back(
            {sizeof(rota_attachment), 0, borrowed(item.filename), borrowed(item.contentType), borrowed(item.bytes)});
    return result;
}

/// What the plugin declared that it needs, and no more of it.
rota_message visible(const app::Message& message, const std::vector<rota_attachment>& attached,
                     const PluginInstance& plugin) {
    auto raw = sized<rota_message>();
    raw.medium = message.medium == domain::Medium::Sms ? ROTA_MEDIUM_SMS : ROTA_MEDIUM_EMAIL;
    raw.not_after_ms = base::toUnixMs(message.notAfter);
    raw.delivery_id = borrowed(message.deliveryId);
    raw.idempotency_key = borrowed(message.idempotencyKey);
    raw.locale = borrowed(message.locale);
    raw.attachment_stride = sizeof(rota_attachment);
    if (plugin.needs(ROTA_DATA_ADDRESS)) raw.to = borrowed(message.to);
    if (plugin.needs(ROTA_DATA_NAME)) raw.to_name = borrowed(message.toName);
    if (plugin.needs(ROTA_DATA_CONTENT)) {
        raw.subject = borrowed(message.subject);
        raw.text = borrowed(message.text);
        raw.html = borrowed(message.html);
        raw.attachments = attached.data();
        raw.attachment_count = static_cast<std::uint32_t>(attached.size());
    }
    return raw;
}

} // namespace

app::SendStatus sendStatusOf(rota_status status) {
    if (status == ROTA_OK) return app::SendStatus::Sent;
    switch (status / 100) {
    case 1: return status == ROTA_RATE_LIMITED ? app::SendStatus::RateLimited : app::SendStatus::Retry;
    case 3: return status == ROTA_SUPPRESSED ? app::SendStatus::Suppressed : app::SendStatus::Failed;
    case 4: return app::SendStatus::Broken;
    case 5: return app::SendStatus::Retry;
    default: return app::SendStatus::UnknownOutcome;
    }
}

std::shared_ptr<PluginChannel> PluginChannel::of(std::shared_ptr<PluginInstance> instance, std::string name,
                                                 base::Milliseconds timeout) {
    constexpr auto kSmallest = offsetof(rota_channel_v1, webhook) + sizeof(rota_channel_v1::webhook);
    const auto* table = instance->interface<rota_channel_v1>(ROTA_CHANNEL_V1, kSmallest);
    if (table == nullptr || table->send == nullptr) return nullptr;
    return std::shared_ptr<PluginChannel>(new PluginChannel(std::move(instance), table, std::move(name), timeout));
}

app::SendResult PluginChannel::send(const app::Message& message, int attempt) {
    const auto attached = attachments(message);
    const auto raw = visible(message, attached, *instance_);
    auto receipt = sized<rota_receipt>();
    auto error = sized<rota_error>();

    const auto turn = instance_->turn();
    const CallContext call(timeout_, attempt, message.deliveryId);
    const auto status = table_->send(instance_->raw(), call.raw(), &raw, &receipt, &error);
    if (call.overdue())
        base::log::warning("plugin call took longer than its timeout",
                           {{"instance", instance_->subject()}, {"elapsed_ms", call.elapsedMs()}});
    return result(status, receipt, error);
}

app::SendResult PluginChannel::result(rota_status status, const rota_receipt& receipt, const rota_error& error) const {
    app::SendResult result;
    result.status = sendStatusOf(status);
    result.providerMessageId = text(receipt.provider_id);
    result.providerCode = text(status == ROTA_OK ? receipt.provider_code : error.provider_code);
    if (status == ROTA_OK) return result;
    result.retryAfter = base::Milliseconds{error.retry_after_ms};
    result.error = describe(*instance_, status, error);
    return result;
}

std::optional<std::string> PluginChannel::ailment() const {
    if (table_->health == nullptr) return std::nullopt;
    auto error = sized<rota_error>();
    const auto turn = instance_->turn();
    const CallContext call(timeout_, 1, "health");
    const auto status = table_->health(instance_->raw(), call.raw(), &error);
    if (status == ROTA_OK) return std::nullopt;
    return describe(*instance_, status, error);
}

bool PluginChannel::takes(domain::Medium medium) const {
    return instance_->has(medium == domain::Medium::Sms ? ROTA_FLAG_SMS : ROTA_FLAG_EMAIL);
}

} // namespace rota::plugin_host
