#include "postgres/delivery_store.hpp"

#include <stdexcept>

namespace rota::postgres {
namespace {

const Statement kFindJob{"delivery_find_job", "SELECT id, appointment_id FROM jobs WHERE id = $1::bigint"};

/// Providers' ids are unique within a provider only.
const Statement kFindMessage{"delivery_find_message", R"sql(
SELECT id, appointment_id FROM jobs WHERE provider_message_id = $1 AND channel = $2 ORDER BY id DESC LIMIT 1)sql"};

/// Appointments are locked before jobs, everywhere.
const Statement kLockAppointment{"delivery_lock_appointment",
                                 "SELECT 1 FROM appointments WHERE id = $1::bigint FOR NO KEY UPDATE"};

/// domain::supersedes, and what it means for the job. One that is running keeps the report for its result, or for the
/// end of its lease; its reminder has gone out all the same. A message whose attempt failed for certain, as its channel
/// said, and that its provider has all the same, is not sent again. Only a channel that had the message can tell of it;
/// which one has it, nobody has said yet while it is being sent, nor where the process died meanwhile. Answers the job
/// where the channel is such a one.
/// $1 job, $2 what, $3 when it happened, $4 channel, $5 the provider's id, $6 now.
const Statement kReport{"delivery_report", R"sql(
WITH job AS (
  SELECT id, state,
         ($2 <> 'undelivered' OR state = 'running' OR channel IS NULL OR channel = $4)
         AND CASE WHEN reported_at IS NULL THEN true
                  WHEN reported IS NULL THEN $3::timestamp > reported_at
                  WHEN $2 = 'accepted' THEN false
                  WHEN reported = 'accepted' THEN true
                  WHEN $3::timestamp <> reported_at THEN $3::timestamp > reported_at
                  ELSE $2 = 'undelivered' AND reported = 'delivered' END AS counts
    FROM jobs j
   WHERE id = $1::bigint
     AND (channel = $4 OR (channel IS NULL AND attempt > 0 AND state IN ('running', 'unknown', 'retry'))
          OR EXISTS (SELECT FROM deliveries d WHERE d.job_id = j.id AND d.channel = $4))
   FOR UPDATE),
moved AS (
  UPDATE jobs j SET reported = $2, reported_at = $3::timestamp, reported_by = $4,
         channel = COALESCE(j.channel, $4), provider_message_id = COALESCE(j.provider_message_id, $5),
         state = CASE
           WHEN $2 = 'delivered' AND j.state IN ('retry', 'sent', 'unknown', 'failed', 'undelivered') THEN 'delivered'
           WHEN $2 = 'undelivered' AND j.state IN ('sent', 'unknown', 'delivered') THEN 'undelivered'
           WHEN $2 = 'accepted' AND j.state IN ('retry', 'unknown') THEN 'sent'
           ELSE j.state END,
         finished_at = CASE WHEN j.state = 'retry' AND $2 <> 'undelivered' THEN $6::timestamp ELSE j.finished_at END
    FROM job WHERE j.id = job.id AND job.counts
  RETURNING j.id, j.kind, j.appointment_id, j.schedule_version, job.state AS before, j.state),
reminded AS (
  UPDATE appointments a
     SET email_reminder_sent_at = CASE WHEN m.kind = 'email_reminder' THEN COALESCE(a.email_reminder_sent_at, $3::timestamp)
                                       ELSE a.email_reminder_sent_at END,
         sms_reminder_sent_at = CASE WHEN m.kind = 'sms_reminder' THEN COALESCE(a.sms_reminder_sent_at, $3::timestamp)
                                     ELSE a.sms_reminder_sent_at END
    FROM moved m
   WHERE a.id = m.appointment_id AND a.schedule_version = m.schedule_version
     AND (m.before IN ('retry', 'unknown', 'failed') AND m.state IN ('sent', 'delivered')
          OR m.before = 'running' AND $2 <> 'undelivered')
     AND m.kind IN ('email_reminder', 'sms_reminder'))
SELECT id FROM job)sql"};

/// $1 now, $2 until when nobody else looks at them, $3 how many.
const Statement kDoubts{"delivery_doubts", R"sql(
WITH due AS (
  SELECT id FROM jobs WHERE state = 'unknown' AND look_at <= $1::timestamp
   ORDER BY look_at, id LIMIT $3::bigint FOR UPDATE SKIP LOCKED)
UPDATE jobs j SET look_at = $2::timestamp, looks = j.looks + 1
  FROM due WHERE j.id = due.id AND j.state = 'unknown'
RETURNING j.id, j.kind, j.attempt, j.looks, COALESCE(j.only_channel, j.channel), j.provider_message_id, j.finished_at,
          j.not_after)sql"};

/// $1 job, $2 attempt, $3 when, or NULL.
const Statement kLookAgain{"delivery_look_again", R"sql(
UPDATE jobs SET look_at = $3::timestamp WHERE id = $1::bigint AND attempt = $2::int AND state = 'unknown')sql"};

/// $1 job, $2 attempt, $3 when, $4 the only channel, or NULL. Finished it stays where it is not to run again.
const Statement kSendAgain{"delivery_send_again", R"sql(
UPDATE jobs j SET state = n.state, look_at = NULL,
       run_at = CASE WHEN n.state = 'retry' THEN $3::timestamp ELSE j.run_at END, due_at = COALESCE(j.due_at, j.run_at),
       finished_at = CASE WHEN n.state = 'retry' THEN NULL ELSE j.finished_at END,
       only_channel = COALESCE($4, j.only_channel)
  FROM (SELECT id, CASE WHEN cancel_requested AND $4::text IS NULL THEN 'cancelled'
                        WHEN cancel_requested THEN 'unknown'
                        WHEN $3::timestamp < not_after THEN 'retry'
                        WHEN $4::text IS NULL THEN 'expired' ELSE 'unknown' END AS state
          FROM jobs WHERE id = $1::bigint AND attempt = $2::int AND state = 'unknown' FOR UPDATE) n
 WHERE j.id = n.id RETURNING j.id, j.run_at, j.state)sql"};

const Statement kInDoubt{"delivery_in_doubt", R"sql(
SELECT COUNT(*) FILTER (WHERE look_at IS NOT NULL), COUNT(*) FILTER (WHERE look_at IS NULL AND not_after > $1::timestamp) FROM jobs
 WHERE state = 'unknown')sql"};

const Statement kInFlight{"delivery_in_flight", R"sql(
SELECT COUNT(*) FILTER (WHERE state = 'running'),
       COUNT(*) FILTER (WHERE state IN ('sent', 'delivered', 'undelivered', 'unknown')) FROM jobs
 WHERE id = ANY ($1::bigint[]))sql"};

app::Doubt readDoubt(const Rows& rows, int row) {
    const auto kind = domain::parseJobKind(rows.text(row, 1));
    if (!kind) throw std::logic_error("jobs hold an unknown kind");
    app::Doubt doubt;
    doubt.id = rows.id<base::JobId>(row, 0);
    doubt.kind = *kind;
    doubt.attempt = static_cast<int>(rows.integer(row, 2));
    doubt.looks = static_cast<int>(rows.integer(row, 3));
    doubt.channel = rows.stringOrEmpty(row, 4);
    doubt.providerMessageId = rows.stringOrEmpty(row, 5);
    doubt.since = rows.instant(row, 6);
    doubt.notAfter = rows.instant(row, 7);
    return doubt;
}

} // namespace

bool PostgresDeliveryStore::report(const app::ReportedDelivery& delivery, base::Instant now) {
    const Lease connection = pool_.borrow();
    Transaction transaction(*connection);
    const Rows found = delivery.job ? connection->run(kFindJob, {*delivery.job})
                                    : connection->run(kFindMessage, {delivery.providerMessageId, delivery.channel});
    if (found.empty()) return false;
    if (!found.isNull(0, 1)) connection->run(kLockAppointment, {found.id<base::AppointmentId>(0, 1)});
    const Rows job =
        connection->run(kReport, {found.id<base::JobId>(0, 0), domain::toString(delivery.report.what),
                                  delivery.report.occurred, delivery.channel, orNull(delivery.providerMessageId), now});
    transaction.commit();
    return !job.empty();
}

std::vector<app::Doubt> PostgresDeliveryStore::doubts(std::size_t most, base::Instant now,
                                                      base::Instant lookedAtUntil) {
    const Rows rows = pool_.borrow()->run(kDoubts, {now, lookedAtUntil, most});
    std::vector<app::Doubt> doubts;
    for (int row = 0; row < rows.size(); ++row)
        doubts.push_back(readDoubt(rows, row));
    return doubts;
}

void PostgresDeliveryStore::lookAgain(const app::Doubt& doubt, std::optional<base::Instant> at) {
    const Parameter when = at ? Parameter(*at) : Parameter(std::nullopt);
    pool_.retrying([&](Connection& connection) { return connection.run(kLookAgain, {doubt.id, doubt.attempt, when}); });
}

std::optional<app::QueuedJob> PostgresDeliveryStore::sendAgain(const app::Doubt& doubt, base::Instant runAt,
                                                               const std::string& onlyChannel) {
    const Rows rows = pool_.borrow()->run(kSendAgain, {doubt.id, doubt.attempt, runAt, orNull(onlyChannel)});
    if (rows.empty() || rows.text(0, 2) != "retry") return std::nullopt;
    return app::QueuedJob{rows.id<base::JobId>(0, 0), rows.instant(0, 1)};
}

app::DeliveryStore::InDoubt PostgresDeliveryStore::inDoubt(base::Instant now) {
    const Rows rows = pool_.retrying([&](Connection& connection) { return connection.run(kInDoubt, {now}); });
    return {static_cast<std::size_t>(rows.integer(0, 0)), static_cast<std::size_t>(rows.integer(0, 1))};
}

app::DeliveryStore::InFlight PostgresDeliveryStore::inFlight(std::span<const base::JobId> jobs) {
    const Parameter ids = arrayOf(jobs, [](base::JobId id) { return Parameter(id); });
    const Rows rows = pool_.retrying([&](Connection& connection) { return connection.run(kInFlight, {ids}); });
    return {static_cast<std::size_t>(rows.integer(0, 0)), static_cast<std::size_t>(rows.integer(0, 1))};
}

} // namespace rota::postgres
