#pragma once

#include "base/time.hpp"
#include "domain/job.hpp"

#include <memory>
#include <optional>
#include <string>
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
    Broken          ///< this instance (key, configuration): the message waits or goes another way
};

struct SendResult {
    SendStatus status = SendStatus::UnknownOutcome;
    base::Milliseconds retryAfter{0};
    std::string providerMessageId;
    std::string providerCode;
    std::string error; ///< redacted
};

/// A way to deliver messages, by a plugin. Never throws: what goes wrong is a status. [thread-safe]
class Channel {
public:
    virtual ~Channel() = default;
    virtual const std::string& instance() const = 0;
    virtual SendResult send(const Message& message, int attempt) = 0;
};

/// The configured channels of a medium, in the order of failover. The pointers stay valid through a swap.
class ChannelRegistry {
public:
    virtual ~ChannelRegistry() = default;
    virtual std::vector<std::shared_ptr<Channel>> channels(domain::Medium medium) const = 0;
};

} // namespace rota::app
