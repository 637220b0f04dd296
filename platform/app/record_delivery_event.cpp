#include "app/record_delivery_event.hpp"

#include "app/provider_text.hpp"
#include "base/log.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <optional>

namespace rota::app {
namespace {

using domain::Reported;
using domain::SuppressionReason;

/// Longer ones are nobody's, and events without one are merely taken in again: nothing depends on it.
constexpr std::size_t kEventIdLength = 255;

/// Two clocks may differ so much; what lies further ahead, or before all time, is none.
constexpr base::Milliseconds kClockSkew = std::chrono::hours{1};

std::optional<Reported> reportedBy(ProviderEventType type) {
    switch (type) {
    case ProviderEventType::Accepted: return Reported::Accepted;
    // Who complains about a message has got it.
    case ProviderEventType::Delivered:
    case ProviderEventType::Complained: return Reported::Delivered;
    case ProviderEventType::Undelivered: return Reported::Undelivered;
    case ProviderEventType::OptedOut:
    case ProviderEventType::OptedIn: break;
    }
    return std::nullopt;
}

std::optional<SuppressionReason> suppressedBy(const ProviderEvent& event) {
    switch (event.type) {
    case ProviderEventType::OptedOut: return SuppressionReason::OptedOut;
    case ProviderEventType::Complained: return SuppressionReason::Complained;
    case ProviderEventType::Undelivered:
        // A phone that is switched off is no reason never to try again.
        if (domain::mediumOfAddress(event.recipient) == domain::Medium::Email &&
            domain::saysNoSuchAddress(event.providerCode))
            return SuppressionReason::Bounced;
        break;
    case ProviderEventType::Accepted:
    case ProviderEventType::Delivered:
    case ProviderEventType::OptedIn: break;
    }
    return std::nullopt;
}

bool isAddress(const std::string& text) {
    const bool plain = std::ranges::none_of(text, [](unsigned char c) { return c <= 0x20 || c == 0x7f; });
    return plain && !domain::addressKey(text).empty() && base::fromUtf8(text);
}

} // namespace

RecordDeliveryEvent::RecordDeliveryEvent(DeliveryStore& deliveries, SuppressionStore& suppressions,
                                         ProviderEventStore& events, const base::Clock& clock)
    : deliveries_(deliveries), suppressions_(suppressions), events_(events), clock_(clock) {}

void RecordDeliveryEvent::operator()(const std::string& channel, std::span<const ProviderEvent> events) {
    const auto now = clock_.now();
    for (const auto& event : events)
        record(channel, event, now);
}

/// Remembered last: an event whose effect failed halfway comes again, and nothing of it harms when done twice.
void RecordDeliveryEvent::record(const std::string& channel, const ProviderEvent& event, base::Instant now) {
    const auto eventId = providerText(event.eventId);
    const bool named = !eventId.empty() && event.eventId.size() <= kEventIdLength;
    if (named && events_.seen(channel, eventId, now)) return;

    const bool plausible = event.occurred > base::Instant{} && event.occurred <= now + kClockSkew;
    const auto occurred = plausible ? event.occurred : now;
    moveJob(channel, event, occurred, now);
    if (isAddress(event.recipient)) suppress(channel, event, occurred);
    if (named) events_.remember(channel, eventId, now);
}

void RecordDeliveryEvent::moveJob(const std::string& channel, const ProviderEvent& event, base::Instant occurred,
                                  base::Instant now) {
    const auto reported = reportedBy(event.type);
    const auto job = domain::jobOfDelivery(event.deliveryId);
    const auto messageId = providerText(event.providerMessageId);
    if (!reported || (!job && messageId.empty())) return;
    const bool known = deliveries_.report({channel, job, messageId, {*reported, occurred}}, now);
    // Another program may use the same account.
    if (!known) base::log::debug("a callback is about no message of ours", {{"channel", channel}});
}

void RecordDeliveryEvent::suppress(const std::string& channel, const ProviderEvent& event, base::Instant occurred) {
    if (event.type == ProviderEventType::OptedIn) suppressions_.lift(event.recipient, occurred, channel);
    if (const auto reason = suppressedBy(event)) {
        suppressions_.suppress(event.recipient, {*reason, occurred, channel, providerText(event.providerCode)});
        base::log::info("an address gets no more messages", {{"channel", channel}, {"reason", toString(*reason)}});
    }
}

} // namespace rota::app
