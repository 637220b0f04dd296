#include "domain/delivery.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace rota::domain {
namespace {

constexpr std::string_view kDeliveryPrefix = "rota-";

int rank(Reported reported) {
    switch (reported) {
    case Reported::Accepted: return 0;
    case Reported::Delivered: return 1;
    case Reported::Undelivered: return 2;
    }
    return 0;
}

} // namespace

std::string deliveryIdOf(base::JobId job) {
    return std::string(kDeliveryPrefix) + std::to_string(job.value);
}

std::optional<base::JobId> jobOfDelivery(std::string_view deliveryId) {
    if (!deliveryId.starts_with(kDeliveryPrefix)) return std::nullopt;
    const auto digits = deliveryId.substr(kDeliveryPrefix.size());
    base::JobId job;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), job.value);
    const bool whole = error == std::errc{} && end == digits.data() + digits.size() && job.value > 0;
    return whole ? std::optional(job) : std::nullopt;
}

std::string_view toString(Reported reported) {
    switch (reported) {
    case Reported::Accepted: return "accepted";
    case Reported::Delivered: return "delivered";
    case Reported::Undelivered: return "undelivered";
    }
    return "";
}

bool supersedes(const DeliveryReport& next, const DeliveryReport& known) {
    if (next.what == Reported::Accepted) return false;
    if (known.what == Reported::Accepted) return true;
    if (next.occurred != known.occurred) return next.occurred > known.occurred;
    return rank(next.what) > rank(known.what);
}

std::string_view toString(SuppressionReason reason) {
    switch (reason) {
    case SuppressionReason::OptedOut: return "opted_out";
    case SuppressionReason::Bounced: return "bounced";
    case SuppressionReason::Complained: return "complained";
    }
    return "";
}

std::optional<SuppressionReason> parseSuppressionReason(std::string_view text) {
    for (const auto reason : {SuppressionReason::OptedOut, SuppressionReason::Bounced, SuppressionReason::Complained})
        if (text == toString(reason)) return reason;
    return std::nullopt;
}

Medium mediumOfAddress(std::string_view address) {
    return address.find('@') == std::string_view::npos ? Medium::Sms : Medium::Email;
}

std::string addressKey(std::string_view address) {
    std::string key;
    if (mediumOfAddress(address) == Medium::Email) {
        for (const char c : address)
            key += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        return key;
    }
    for (const char c : address)
        if (base::isDigit(c) || (c == '+' && key.empty())) key += c;
    return key;
}

bool saysNoSuchAddress(std::string_view providerCode) {
    constexpr std::array<std::string_view, 3> kReplies{"550", "551", "553"};
    if (std::ranges::find(kReplies, providerCode) != kReplies.end()) return true;
    if (!providerCode.starts_with("5.")) return false;
    // 5.1 is about the address, 5.2.1 a mailbox that takes nothing any more; 5.0.0 may be anything.
    return providerCode.starts_with("5.1.") || providerCode == "5.2.1";
}

} // namespace rota::domain
