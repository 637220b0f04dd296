#pragma once

#include "base/ids.hpp"
#include "domain/job.hpp"

#include <optional>
#include <string>
#include <string_view>

/// What becomes of a message after it was handed over.
namespace rota::domain {

/// Our name of a job's message, which providers bring back: "rota-7".
std::string deliveryIdOf(base::JobId job);
std::optional<base::JobId> jobOfDelivery(std::string_view deliveryId);

/// What a provider says of a message.
enum class Reported { Accepted, Delivered, Undelivered };
std::string_view toString(Reported reported); ///< "accepted", …

struct DeliveryReport {
    Reported what = Reported::Accepted;
    Instant occurred;

    bool operator==(const DeliveryReport&) const = default;
};

/// Whether `next` is to stand instead of `known`. Of the same reports the same one stands in the end, whichever order
/// they come in: an end beats an acceptance, of two ends the later, of two at one time that it was not delivered.
bool supersedes(const DeliveryReport& next, const DeliveryReport& known);

/// Why nothing is sent to an address.
enum class SuppressionReason { OptedOut, Bounced, Complained };
std::string_view toString(SuppressionReason reason); ///< "opted_out", …
std::optional<SuppressionReason> parseSuppressionReason(std::string_view text);

/// By what two spellings of an address are the same: an email's without case, a phone's digits with its +.
std::string addressKey(std::string_view address);

/// Email where there is an @ in it.
Medium mediumOfAddress(std::string_view address);

/// Whether what a mail provider gives as its code says that there is no such address: a permanent reply (RFC 5321: 550,
/// 551, 553) or status (RFC 3463: 5.x.x) that is about the address. A full mailbox, a failing network, a refused
/// content or sender are not.
bool saysNoSuchAddress(std::string_view providerCode);

} // namespace rota::domain
