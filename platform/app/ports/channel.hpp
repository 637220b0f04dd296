#pragma once

#include "base/time.hpp"
#include "domain/job.hpp"

#include <tl/expected.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rota::app {

struct Attachment {
    std::string filename;
    std::string contentType;
    std::string bytes;
};

/// A rendered message. What a channel may see of the patient is in it and nowhere else.
struct Message {
    domain::Medium medium = domain::Medium::Email;
    std::string deliveryId; ///< ours, unique for one job: a provider's callback brings it back
    std::string idempotencyKey;
    std::string to; ///< an address, or a phone number in E.164
    std::string toName;
    std::string subject;
    std::string text;
    std::string html;
    std::string locale; ///< BCP 47: en-US
    base::Instant notAfter;
    std::vector<Attachment> attachments;
};

enum class SendStatus {
    Sent,
    Retry,          ///< certainly not sent
    RateLimited,    ///< certainly not sent, wait `retryAfter`
    UnknownOutcome, ///< may have been sent
    Failed,         ///< this message never
    Suppressed,     ///< the recipient opted out
    Broken,         ///< this instance (key, configuration): the message waits or goes another way
    Busy            ///< with other messages: this one's turn did not come
};

struct SendResult {
    SendStatus status = SendStatus::UnknownOutcome;
    base::Milliseconds retryAfter{0};
    std::string providerMessageId;
    std::string providerCode;
    std::string error; ///< redacted
};

/// Where an earlier message is.
enum class DeliveryState {
    CannotTell, ///< this channel never can
    Unknown,    ///< not now: not reached, or not decided yet; may be asked again
    Accepted,   ///< the provider has it
    Delivered,
    Undelivered,
    NotFound ///< the provider never got it
};

struct DeliveryStatus {
    DeliveryState state = DeliveryState::Unknown;
    std::string providerMessageId; ///< empty where the provider does not say
    std::string providerCode;
    std::string error; ///< redacted; why it could not be told
};

/// A provider's callback, as it reached our public address.
struct WebhookRequest {
    base::Instant received;
    std::string method;
    std::string url; ///< whole, as the provider called it: signatures are made over it
    std::vector<std::pair<std::string, std::string>> headers; ///< names in lower case
    std::string body;
};

enum class ProviderEventType {
    Accepted,
    Delivered,
    Undelivered, ///< bounced, dropped, refused
    Complained,  ///< reported as spam
    OptedOut,
    OptedIn
};

/// What a provider reports. What it does not say is empty.
struct ProviderEvent {
    ProviderEventType type = ProviderEventType::Accepted;
    base::Instant occurred;
    std::string eventId;           ///< the same for a callback that comes twice
    std::string providerMessageId; ///< as in SendResult
    std::string deliveryId;        ///< as in Message
    std::string recipient;
    std::string providerCode;
    std::string detail;
};

/// A text that somebody sent to us.
struct InboundText {
    base::Instant received;
    std::string eventId;
    std::string from; ///< E.164
    std::string to;
    std::string text;
};

struct WebhookReply {
    int status = 204;
    std::string contentType;
    std::string body;
};

struct WebhookContent {
    std::vector<ProviderEvent> events;
    std::vector<InboundText> texts;
    WebhookReply reply; ///< what the provider expects once the content is recorded
};

struct WebhookRefused {
    enum class Reason {
        NotOffered, ///< this channel takes no callbacks
        Forged,     ///< the signature is not the provider's, or too old
        Malformed,  ///< signed, and yet not understood
        Unavailable ///< cannot be checked now: the provider may call again
    };
    Reason reason = Reason::Unavailable;
    std::string error; ///< redacted, for the log
};

/// A way to deliver messages, by a plugin. Never throws: what goes wrong is a value. [thread-safe]
class Channel {
public:
    virtual ~Channel() = default;
    virtual const std::string& instance() const = 0;
    /// Whether its provider drops a second message of the same Message::idempotencyKey.
    virtual bool honoursIdempotencyKey() const = 0;

    virtual SendResult send(const Message& message, int attempt) = 0;

    /// What became of an earlier message. `providerMessageId` may be empty: then the delivery id is all that is known.
    virtual DeliveryStatus status(const std::string& providerMessageId, const std::string& deliveryId) = 0;

    /// Checks the provider's signature, then says what its callback reports.
    virtual tl::expected<WebhookContent, WebhookRefused> webhook(const WebhookRequest& request) = 0;

    /// Why it could not send now; none where it could, or cannot tell.
    virtual std::optional<std::string> ailment() = 0;
};

/// The configured channels. The pointers stay valid through a swap.
class ChannelRegistry {
public:
    virtual ~ChannelRegistry() = default;
    /// Those of a medium, in the order of failover.
    virtual std::vector<std::shared_ptr<Channel>> channels(domain::Medium medium) const = 0;
    /// By the instance's name, whether it stands in an order or not; null where none is called that.
    virtual std::shared_ptr<Channel> find(std::string_view instance) const = 0;
};

} // namespace rota::app
