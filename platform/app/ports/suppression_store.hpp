#pragma once

#include "domain/delivery.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rota::app {

/// Why, and since when, nothing is sent to an address.
struct Suppression {
    domain::SuppressionReason reason = domain::SuppressionReason::OptedOut;
    base::Instant since;
    std::string channel; ///< the instance whose provider said so
    std::string providerCode;
};

/// Addresses that get no messages. They are kept as digests, and never given out. The order of the calls does not
/// matter, their times do. Throws StorageError. [thread-safe]
class SuppressionStore {
public:
    virtual ~SuppressionStore() = default;

    virtual void suppress(const std::string& address, const Suppression& why) = 0;

    /// The recipient wants messages again: from `at` on, what they or their mail program refused before counts no more.
    /// An address that bounced stays.
    virtual void lift(const std::string& address, base::Instant at, const std::string& channel) = 0;

    /// What stands against sending to each of them, in their order; of several things the earliest.
    virtual std::vector<std::optional<Suppression>> find(std::span<const std::string> addresses) = 0;

    std::optional<Suppression> find(const std::string& address) { return find({&address, 1}).front(); }
};

} // namespace rota::app
