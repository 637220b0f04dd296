#pragma once

#include "app/ports/appointment_store.hpp"
#include "domain/job.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rota::app {

/// A job as an operator sees it: whom it is for is said by ids, and by nothing else.
struct JobRecord {
    base::JobId id;
    domain::JobKind kind = domain::JobKind::Confirmation;
    std::string state; ///< as the table writes it
    std::optional<base::AppointmentId> appointment;
    std::optional<base::PatientId> patient;
    base::Instant runAt;
    base::Instant notAfter;
    base::Instant createdAt;
    std::optional<base::Instant> finishedAt;
    int attempt = 0;
    std::string channel; ///< the instance that had it last
    std::string providerMessageId;
    std::string lastError; ///< redacted
    /// Whether the appointment still stands as it was when the job was made, or the kind does not need that.
    bool stands = true;
    /// Of an `unknown` one: whether nobody looks into it any more.
    bool givenUp = false;
};

/// One attempt of a channel.
struct DeliveryRecord {
    std::int64_t id = 0;
    base::JobId job;
    int attempt = 0;
    std::string channel;
    std::string outcome;
    std::string providerCode;
    std::string providerMessageId;
    std::string error; ///< redacted
    base::Instant startedAt;
    base::Instant finishedAt;
};

/// A page of what fits, newest first.
struct JobsWanted {
    std::optional<std::string> state{};
    std::optional<domain::JobKind> kind{};
    std::optional<base::AppointmentId> appointment{};
    std::optional<std::int64_t> before{}; ///< ids below
    int limit = 50;
};
struct DeliveriesWanted {
    std::optional<base::JobId> job{};
    std::optional<std::string> channel{};
    std::optional<std::string> outcome{};
    std::optional<std::int64_t> before{};
    int limit = 50;
};

/// What operators see of jobs, and may do about them. Throws StorageError. [thread-safe]
class JobLedger {
public:
    virtual ~JobLedger() = default;

    virtual std::vector<JobRecord> jobs(const JobsWanted& wanted) = 0;
    virtual std::vector<DeliveryRecord> deliveries(const DeliveriesWanted& wanted) = 0;
    virtual std::optional<JobRecord> find(base::JobId id) = 0;

    /// Has a job run again at once, as if never tried, if it still is in `state` and its time has not passed. What
    /// providers reported before counts no more. `anew`: as a new message to its provider, which would drop a
    /// repetition. False where nothing was changed.
    virtual bool runAgain(base::JobId id, const std::string& state, bool anew, base::Instant now) = 0;
};

} // namespace rota::app
