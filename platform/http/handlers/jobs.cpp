#include "base/limits.hpp"
#include "http/commands.hpp"
#include "http/handlers/handlers.hpp"
#include "http/json.hpp"
#include "http/query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace rota::http {
namespace {

constexpr std::array<std::string_view, 12> kStates{"scheduled",  "running",     "retry",     "sent",
                                                   "delivered",  "undelivered", "done",      "failed",
                                                   "suppressed", "unknown",     "cancelled", "expired"};

Json orNull(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

template <class Value, class Shown>
Json orNull(const std::optional<Value>& value, Shown shown) {
    return value ? Json(shown(*value)) : Json(nullptr);
}

Json jobJson(const app::JobRecord& job, const base::Zone& zone) {
    const auto id = [](auto value) { return value.value; };
    return {{"id", job.id.value},
            {"kind", domain::toString(job.kind)},
            {"state", job.state},
            {"appointment_id", orNull(job.appointment, id)},
            {"patient_id", orNull(job.patient, id)},
            {"run_at", zone.iso(job.runAt)},
            {"not_after", zone.iso(job.notAfter)},
            {"created_at", zone.iso(job.createdAt)},
            {"finished_at", orNull(job.finishedAt, [&](base::Instant at) { return zone.iso(at); })},
            {"attempt", job.attempt},
            {"channel", orNull(job.channel)},
            {"provider_message_id", orNull(job.providerMessageId)},
            {"last_error", orNull(job.lastError)},
            {"given_up", job.givenUp}};
}

Json deliveryJson(const app::DeliveryRecord& delivery, const base::Zone& zone) {
    return {{"id", delivery.id},
            {"job_id", delivery.job.value},
            {"attempt", delivery.attempt},
            {"channel", delivery.channel},
            {"outcome", delivery.outcome},
            {"provider_code", orNull(delivery.providerCode)},
            {"provider_message_id", orNull(delivery.providerMessageId)},
            {"error", orNull(delivery.error)},
            {"started_at", zone.iso(delivery.startedAt)},
            {"finished_at", zone.iso(delivery.finishedAt)}};
}

template <class Id>
std::optional<Id> readId(const Query& query, std::string_view name, FieldErrors& errors) {
    const auto value = readNumber(query, name, kLargestId, errors);
    return value ? std::optional(Id{*value}) : std::nullopt;
}

int readLimit(const Query& query, FieldErrors& errors) {
    return static_cast<int>(readNumber(query, "limit", std::int64_t{base::limits::kPageSize}, errors).value_or(50));
}

std::optional<std::string> readState(const Query& query, std::string_view name, FieldErrors& errors) {
    auto state = query.value(name, errors);
    if (state && std::ranges::find(kStates, *state) == kStates.end())
        errors.push_back({std::string{name}, fmt::format("Must be one of {}", fmt::join(kStates, ", "))});
    return state;
}

/// `next` is what to ask for as `before`; null at the end.
template <class Record, class Shown>
Response page(std::string_view name, const std::vector<Record>& records, int limit, std::int64_t last, Shown shown) {
    auto list = Json::array();
    for (const auto& record : records)
        list.push_back(shown(record));
    const bool more = static_cast<int>(records.size()) == limit;
    return json(200, {{std::string{name}, list}, {"next", more ? Json(last) : Json(nullptr)}});
}

Response listJobs(app::JobLedger& ledger, const base::Zone& zone, const Request& request) {
    FieldErrors errors;
    const Query query{request.query};
    app::JobsWanted wanted;
    wanted.state = readState(query, "state", errors);
    if (const auto kind = query.value("kind", errors)) {
        wanted.kind = domain::parseJobKind(*kind);
        if (!wanted.kind) errors.push_back({"kind", "Is no kind of job"});
    }
    wanted.appointment = readId<base::AppointmentId>(query, "appointment_id", errors);
    wanted.before = readNumber(query, "before", kLargestId, errors);
    wanted.limit = readLimit(query, errors);
    if (!errors.empty()) return validationFailed(errors);
    const auto jobs = ledger.jobs(wanted);
    return page("jobs", jobs, wanted.limit, jobs.empty() ? 0 : jobs.back().id.value,
                [&](const auto& job) { return jobJson(job, zone); });
}

Response listDeliveries(app::JobLedger& ledger, const base::Zone& zone, const Request& request) {
    FieldErrors errors;
    const Query query{request.query};
    app::DeliveriesWanted wanted;
    wanted.job = readId<base::JobId>(query, "job_id", errors);
    wanted.channel = query.value("channel", errors);
    wanted.outcome = readState(query, "outcome", errors);
    wanted.before = readNumber(query, "before", kLargestId, errors);
    wanted.limit = readLimit(query, errors);
    if (!errors.empty()) return validationFailed(errors);
    const auto deliveries = ledger.deliveries(wanted);
    return page("deliveries", deliveries, wanted.limit, deliveries.empty() ? 0 : deliveries.back().id,
                [&](const auto& delivery) { return deliveryJson(delivery, zone); });
}

Response retryRefused(app::RetryRefused reason) {
    switch (reason) {
    case app::RetryRefused::UnknownJob: return error(404, "Job not found");
    case app::RetryRefused::NotFinished: return error(409, "Only a job that failed can be retried");
    case app::RetryRefused::TooLate: return error(409, "The time of the job has passed");
    case app::RetryRefused::Void: return error(409, "The appointment no longer stands as the job says");
    case app::RetryRefused::MaySendTwice:
        return error(409, "The message may have been sent; repeat with may_send_twice to send it nevertheless");
    }
    return error(409, "The job cannot be retried");
}

Response retryJob(app::RetryJob& retryJob, const base::Zone& zone, const Request& request) {
    const auto body = parseJsonObject(request);
    if (!body) return body.error();
    FieldErrors errors;
    MemberReader members{*body, errors};
    bool maySendTwice = false;
    if (members.has("may_send_twice")) maySendTwice = members.boolean("may_send_twice").value_or(false);
    if (!errors.empty()) return validationFailed(errors);
    const auto id = parsePathId(request);
    if (!id) return retryRefused(app::RetryRefused::UnknownJob);
    const auto job = retryJob(base::JobId{*id}, maySendTwice);
    return job ? json(200, jobJson(*job, zone)) : retryRefused(job.error());
}

} // namespace

void addJobs(Router& router, const Services& services, app::JobLedger& ledger, app::RetryJob& retry) {
    const auto& zone = services.clinic.zone;
    router.add("GET", "/admin/jobs", [&](const Request& request) { return listJobs(ledger, zone, request); });
    router.add("GET", "/admin/deliveries",
               [&](const Request& request) { return listDeliveries(ledger, zone, request); });
    router.add("POST", "/admin/jobs/:id/retry", [&](const Request& request) { return retryJob(retry, zone, request); });
}

} // namespace rota::http
