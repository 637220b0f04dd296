#pragma once

#include "app/ports/appointment_store.hpp"
#include "domain/delivery.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rota::app {

/// What a provider said of a message, by its callback or asked for its status.
struct ReportedDelivery {
    std::string channel;            ///< the instance
    std::optional<base::JobId> job; ///< as our delivery id names it
    std::string providerMessageId;  ///< by which the message is looked up where `job` is not known
    domain::DeliveryReport report;
};

/// A message that may have been sent, and now is to be found out about.
struct Doubt {
    base::JobId id;
    domain::JobKind kind = domain::JobKind::Confirmation;
    int attempt = 0;
    int looks = 0;       ///< how often it has been looked at, this time included
    std::string channel; ///< the instance that had it; empty where the process died before it could say
    std::string providerMessageId;
    base::Instant since;
    base::Instant notAfter;
};

/// What is known of messages once they were handed over. Throws StorageError. [thread-safe]
class DeliveryStore {
public:
    virtual ~DeliveryStore() = default;

    /// Moves the message to where the report puts it: `sent`, `delivered` or `undelivered`, and marks a reminder as
    /// sent. One that is running takes it in with its result, or when its lease runs out. The order of reports does not
    /// matter (domain::supersedes); that it was not delivered counts only from the channel that had it last. False
    /// where no such message is known, or it never was that channel's.
    virtual bool report(const ReportedDelivery& delivery, base::Instant now) = 0;

    /// The messages in doubt that are to be looked at now. Nobody else gets them before `lookedAtUntil`.
    virtual std::vector<Doubt> doubts(std::size_t most, base::Instant now, base::Instant lookedAtUntil) = 0;
    /// It is to be looked at again at that time; none: nobody can tell any more, it stays `unknown` until a callback or
    /// a person knows better.
    virtual void lookAgain(const Doubt& doubt, std::optional<base::Instant> at) = 0;
    /// It is to be sent (again), at `runAt`; by no other channel than `onlyChannel` where one is named. Cancelled
    /// meanwhile, it becomes `cancelled`; past its time, `expired` where it certainly was not sent, else it stays in
    /// doubt. None where it does not run again.
    virtual std::optional<QueuedJob> sendAgain(const Doubt& doubt, base::Instant runAt,
                                               const std::string& onlyChannel) = 0;

    struct InDoubt {
        std::size_t open = 0;    ///< that are still being looked at
        std::size_t givenUp = 0; ///< that wait for a person, and whose time has not passed
    };
    virtual InDoubt inDoubt(base::Instant now) = 0;

    /// Of messages that were running when their appointment was cancelled.
    struct InFlight {
        std::size_t running = 0;
        std::size_t left = 0; ///< sent since, or perhaps sent
    };
    virtual InFlight inFlight(std::span<const base::JobId> jobs) = 0;
};

} // namespace rota::app
