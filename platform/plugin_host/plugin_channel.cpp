#include "plugin_host/plugin_channel.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"
#include "plugin_host/abi.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace rota::plugin_host {
namespace {

const std::string kBusy = "it was busy with other calls";

/// The rota_call of one call. Its deadline is the machine's own measure, not the wall clock, which may jump.
class CallContext {
public:
    CallContext(base::Milliseconds timeout, int attempt, std::string_view correlation)
        : begin_(Steady::now()), deadline_(begin_ + timeout), raw_(sized<rota_call>()) {
        // A call that was read too late has none left; but 0 is no limit at all to many a library.
        raw_.timeout_ms = static_cast<std::uint32_t>(std::max(timeout, base::Milliseconds{1}).count());
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

app::DeliveryState deliveryStateOf(std::uint32_t state) {
    switch (state) {
    case ROTA_STATE_ACCEPTED: return app::DeliveryState::Accepted;
    case ROTA_STATE_DELIVERED: return app::DeliveryState::Delivered;
    case ROTA_STATE_UNDELIVERED: return app::DeliveryState::Undelivered;
    case ROTA_STATE_NOT_FOUND: return app::DeliveryState::NotFound;
    default: return app::DeliveryState::Unknown;
    }
}

std::optional<app::ProviderEventType> eventTypeOf(std::uint32_t type) {
    switch (type) {
    case ROTA_EVENT_ACCEPTED: return app::ProviderEventType::Accepted;
    case ROTA_EVENT_DELIVERED: return app::ProviderEventType::Delivered;
    case ROTA_EVENT_UNDELIVERED: return app::ProviderEventType::Undelivered;
    case ROTA_EVENT_COMPLAINED: return app::ProviderEventType::Complained;
    case ROTA_EVENT_OPTED_OUT: return app::ProviderEventType::OptedOut;
    case ROTA_EVENT_OPTED_IN: return app::ProviderEventType::OptedIn;
    default: return std::nullopt;
    }
}

std::string copied(rota_str value) {
    return std::string(view(value));
}

/// Takes what a callback says. Bounded, so that a plugin that never ends does not fill the memory.
class Collector {
public:
    explicit Collector(app::WebhookContent& content) : content_(content), raw_(sized<rota_webhook_sink>()) {
        raw_.ctx = this;
        raw_.event = [](void* ctx, const rota_event* event) noexcept -> rota_status {
            return guarded([&] { return static_cast<Collector*>(ctx)->take(*event); });
        };
        raw_.inbound_text = [](void* ctx, const rota_inbound_text* text) noexcept -> rota_status {
            return guarded([&] { return static_cast<Collector*>(ctx)->take(*text); });
        };
    }
    Collector(const Collector&) = delete;
    Collector& operator=(const Collector&) = delete;

    const rota_webhook_sink* raw() const { return &raw_; }

private:
    /// No exception may cross into the plugin; the only one here is that the memory is full.
    template <class Work>
    static rota_status guarded(Work&& work) noexcept {
        try {
            return work();
        } catch (...) {
            return ROTA_INTERNAL;
        }
    }

    bool full() const { return content_.events.size() + content_.texts.size() >= base::limits::kWebhookEvents; }

    rota_status take(const rota_event& event) {
        if (full()) return ROTA_INTERNAL;
        const auto type = eventTypeOf(event.type);
        if (type)
            content_.events.push_back({*type, base::fromUnixMs(event.occurred_ms), copied(event.event_id),
                                       copied(event.provider_id), copied(event.delivery_id), copied(event.recipient),
                                       copied(event.provider_code), copied(event.detail)});
        return ROTA_OK;
    }
    rota_status take(const rota_inbound_text& text) {
        if (full()) return ROTA_INTERNAL;
        content_.texts.push_back({base::fromUnixMs(text.received_ms), copied(text.event_id), copied(text.from),
                                  copied(text.to), copied(text.text)});
        return ROTA_OK;
    }

    app::WebhookContent& content_;
    rota_webhook_sink raw_;
};

std::vector<rota_http_header> headersOf(const app::WebhookRequest& request) {
    std::vector<rota_http_header> result;
    for (const auto& [name, value] : request.headers)
        result.push_back({sizeof(rota_http_header), 0, borrowed(name), borrowed(value)});
    return result;
}

rota_webhook_request visible(const app::WebhookRequest& request, const std::vector<rota_http_header>& headers) {
    auto raw = sized<rota_webhook_request>();
    raw.received_ms = base::toUnixMs(request.received);
    raw.method = borrowed(request.method);
    raw.url = borrowed(request.url);
    raw.body = borrowed(request.body);
    raw.headers = headers.data();
    raw.header_count = static_cast<std::uint32_t>(headers.size());
    raw.header_stride = sizeof(rota_http_header);
    return raw;
}

app::WebhookReply replyOf(const rota_webhook_reply& raw) {
    return {raw.status, text(raw.content_type), {raw.body, std::min<std::size_t>(raw.body_length, sizeof raw.body)}};
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

app::WebhookRefused::Reason refusalOf(rota_status status) {
    using Reason = app::WebhookRefused::Reason;
    if (status == ROTA_UNSUPPORTED) return Reason::NotOffered;
    if (status == ROTA_AUTH) return Reason::Forged;
    return status / 100 == 3 ? Reason::Malformed : Reason::Unavailable;
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

    const auto turn = instance_->turn(base::limits::kChannelTurn);
    if (!turn) return withoutTurn();
    const CallContext call(timeout_, attempt, message.deliveryId);
    const auto status = turn->ended(checkAndSend(*call.raw(), raw, receipt, error));
    if (call.overdue())
        base::log::warning("plugin call took longer than its timeout",
                           {{"instance", instance_->subject()}, {"elapsed_ms", call.elapsedMs()}});
    return result(status, receipt, error);
}

/// Nothing ends a call in the server: one that is long past its deadline may never come back, and then this channel is
/// of no use until a restart.
app::SendResult PluginChannel::withoutTurn() const {
    if (instance_->underWay() < timeout_ + base::limits::kChannelGrace)
        return {app::SendStatus::Busy, {}, {}, {}, kBusy};
    return {app::SendStatus::Broken, {}, {}, {}, "it does not come back from an earlier call"};
}

/// Whatever else than a refusal the check says, `send` knows better; a plugin that sees no address cannot judge it.
rota_status PluginChannel::checkAndSend(const rota_call& call, const rota_message& message, rota_receipt& receipt,
                                        rota_error& error) const {
    const bool checks = table_->check_recipient != nullptr && instance_->needs(ROTA_DATA_ADDRESS);
    if (checks && table_->check_recipient(instance_->raw(), message.to, &error) == ROTA_BAD_RECIPIENT)
        return ROTA_BAD_RECIPIENT;
    error = sized<rota_error>();
    return table_->send(instance_->raw(), &call, &message, &receipt, &error);
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

app::DeliveryStatus PluginChannel::status(const std::string& providerMessageId, const std::string& deliveryId) {
    app::DeliveryStatus answer;
    if (table_->status == nullptr) {
        answer.state = app::DeliveryState::CannotTell;
        return answer;
    }
    auto receipt = sized<rota_receipt>();
    auto error = sized<rota_error>();
    const auto turn = instance_->turn(timeout_);
    if (!turn) {
        answer.error = kBusy;
        return answer;
    }
    const CallContext call(timeout_, 1, deliveryId);
    const auto status = turn->ended(table_->status(instance_->raw(), call.raw(), borrowed(providerMessageId),
                                                   borrowed(deliveryId), &receipt, &error));
    if (status == ROTA_OK) {
        answer.state = deliveryStateOf(receipt.state);
        answer.providerMessageId = text(receipt.provider_id);
        answer.providerCode = text(receipt.provider_code);
        return answer;
    }
    answer.state = status == ROTA_UNSUPPORTED ? app::DeliveryState::CannotTell : app::DeliveryState::Unknown;
    answer.providerCode = text(error.provider_code);
    answer.error = describe(*instance_, status, error);
    return answer;
}

/// Beside any other call: the contract has it [thread-safe], so that callbacks never wait for a send.
tl::expected<app::WebhookContent, app::WebhookRefused> PluginChannel::webhook(const app::WebhookRequest& request) {
    using Reason = app::WebhookRefused::Reason;
    if (table_->webhook == nullptr)
        return tl::unexpected(app::WebhookRefused{Reason::NotOffered, "the plugin takes no callbacks"});

    const auto headers = headersOf(request);
    const auto raw = visible(request, headers);
    auto reply = sized<rota_webhook_reply>();
    reply.status = 204;
    auto error = sized<rota_error>();
    app::WebhookContent content;
    const Collector collector(content);
    const auto turn = instance_->anyTime();
    const CallContext call(timeout_, 1, "webhook");
    const auto status =
        turn.ended(table_->webhook(instance_->raw(), call.raw(), &raw, collector.raw(), &reply, &error));
    if (status != ROTA_OK)
        return tl::unexpected(app::WebhookRefused{refusalOf(status), describe(*instance_, status, error)});
    content.reply = replyOf(reply);
    return content;
}

std::optional<std::string> PluginChannel::ailment() {
    if (table_->health == nullptr) return std::nullopt;
    auto error = sized<rota_error>();
    const auto turn = instance_->turn(timeout_);
    if (!turn) return kBusy;
    const CallContext call(timeout_, 1, "health");
    const auto status = turn->ended(table_->health(instance_->raw(), call.raw(), &error));
    if (status == ROTA_OK) return std::nullopt;
    return describe(*instance_, status, error);
}

bool PluginChannel::takes(domain::Medium medium) const {
    return instance_->has(medium == domain::Medium::Sms ? ROTA_FLAG_SMS : ROTA_FLAG_EMAIL);
}

} // namespace rota::plugin_host
