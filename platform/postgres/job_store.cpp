#include "postgres/job_store.hpp"

#include "base/limits.hpp"
#include "postgres/appointment_row.hpp"
#include "postgres/preferences_row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <random>
#include <unordered_set>

namespace rota::postgres {
namespace limits = base::limits;
namespace {

// Whoever locks several jobs does so by ascending id or skips what is locked, and locks appointments before.

/// What becomes of a pending job `j` of appointment `a` at $1 (now), where $4 are the kinds that need their appointment
/// to stand as it was when the job was made.
const std::string kNextState = R"sql(
  CASE WHEN j.kind = ANY ($4::text[])
            AND NOT COALESCE(a.status = 'scheduled' AND a.schedule_version = j.schedule_version, false) THEN 'cancelled'
       WHEN j.not_after <= $1::timestamp THEN 'expired'
       WHEN j.run_at <= $1::timestamp THEN 'running'
       ELSE 'waiting' END)sql";

/// Moves the rows that `chosen` (id, next) has locked, and gives all that their messages need. $2 lease token, $3 end
/// of the lease. What was reported of an earlier attempt says nothing of this one. A cancellation that commits at the
/// same time has changed the job's row too: then the row is looked at anew, and is pending no more. So no claim commits
/// after the cancellation of its appointment.
const std::string kClaimChosen = R"sql(, c AS (
  UPDATE jobs j SET state = chosen.next,
         attempt     = j.attempt + CASE WHEN chosen.next = 'running' THEN 1 ELSE 0 END,
         lease_token = CASE WHEN chosen.next = 'running' THEN $2 END,
         lease_until = CASE WHEN chosen.next = 'running' THEN $3::timestamp END,
         channel     = CASE WHEN chosen.next = 'running' THEN NULL ELSE j.channel END,
         reported    = CASE WHEN chosen.next = 'running' THEN NULL ELSE j.reported END,
         reported_by = CASE WHEN chosen.next = 'running' THEN NULL ELSE j.reported_by END,
         finished_at = CASE WHEN chosen.next <> 'running' THEN $1::timestamp END
    FROM chosen WHERE j.id = chosen.id AND j.state IN ('scheduled', 'retry') RETURNING j.*)
SELECT c.id, c.state, c.kind, c.attempt, c.run_at, COALESCE(c.due_at, c.run_at), c.not_after, c.payload, d.name,
       p.name, p.email, p.phone, p.email_opt_in, p.sms_opt_in, p.language, c.only_channel, c.round, c.paced_for, )sql" +
                                 kAppointmentColumns + R"sql(
  FROM c LEFT JOIN appointments a ON a.id = c.appointment_id LEFT JOIN doctors d ON d.id = a.doctor_id
         LEFT JOIN patients p ON p.id = c.patient_id
 ORDER BY c.run_at, c.id)sql";

/// $5 ids.
const Statement kClaim{"jobs_claim", "WITH chosen AS (SELECT j.id, n.next FROM jobs j LEFT JOIN appointments a ON a.id "
                                     "= j.appointment_id, LATERAL (SELECT" +
                                         kNextState + R"sql( AS next) n
  WHERE j.id = ANY ($5::bigint[]) AND j.state IN ('scheduled', 'retry') AND n.next <> 'waiting'
  ORDER BY j.id FOR UPDATE OF j SKIP LOCKED))sql" +
                                         kClaimChosen};

/// $5 how many. The planner must not think of whole tables: hence the limit as a number as well, and the OFFSET, which
/// has each row's appointment looked up for itself.
const Statement kClaimDue{"jobs_claim_due", "WITH chosen AS (SELECT * FROM (SELECT j.id," + kNextState +
                                                fmt::format(R"sql( AS next
   FROM jobs j LEFT JOIN LATERAL
        (SELECT * FROM appointments b WHERE b.id = j.appointment_id OFFSET 0) a ON true
  WHERE j.run_at <= $1::timestamp AND j.state IN ('scheduled', 'retry')
  ORDER BY j.run_at, j.id LIMIT $5::bigint FOR UPDATE OF j SKIP LOCKED) due LIMIT {}))sql",
                                                            limits::kClaimBatch) +
                                                kClaimChosen};

const Statement kStillPending{"jobs_still_pending", R"sql(
SELECT id, run_at FROM jobs WHERE id = ANY ($1::bigint[]) AND state IN ('scheduled', 'retry') ORDER BY id)sql"};

/// The results' rows that are still held under their leases: $1 ids, $2 tokens, $3 attempts. Only what runs has a
/// token; to ask for the state as well would make the planner compare every result with everything that runs.
const std::string kHeld = R"sql(
  SELECT j.id, j.appointment_id FROM jobs j JOIN unnest($1::bigint[], $2::text[], $3::int[]) r(id, token, attempt)
      ON j.id = r.id AND j.lease_token = r.token AND j.attempt = r.attempt)sql";

const Statement kLockAppointments{"jobs_lock_appointments", R"sql(
SELECT a.id FROM appointments a WHERE a.id IN (SELECT h.appointment_id FROM ()sql" +
                                                                kHeld +
                                                                R"sql() h)
 ORDER BY a.id FOR NO KEY UPDATE)sql"};

/// What becomes of job `j` by its result `r`. A provider's callback may be quicker than its answer, or than the
/// recording of it: then the report says more than the outcome.
const std::string kOutcome = R"sql(
  CASE WHEN j.reported = 'delivered' AND r.outcome IN ('sent', 'unknown', 'retry', 'failed') THEN 'delivered'
       WHEN j.reported = 'undelivered' AND j.reported_by = r.channel AND r.outcome IN ('sent', 'unknown')
            THEN 'undelivered'
       WHEN j.reported = 'accepted' AND r.outcome IN ('unknown', 'retry', 'failed') THEN 'sent'
       WHEN r.outcome <> 'retry' THEN r.outcome
       WHEN j.cancel_requested THEN 'cancelled'
       WHEN r.again >= j.not_after THEN 'expired' ELSE 'retry' END)sql";

/// $4 outcomes, $5 and $6 begin and end of the attempts, $7 when to run again, $8 channels, $9 the providers' ids and
/// $10 codes, $11 errors, $12 which were held, $13 whose turn they wait for. $14 is how long after its end a message in
/// doubt is looked at. $15 to $21 are the channels that failed before within these attempts: of which job, their names,
/// outcomes, the providers' codes, errors, begin and end. A batch may hold both reminders of an appointment, and an
/// UPDATE takes a row only once: hence the GROUP BY.
const Statement kFinishJobs{"jobs_finish", R"sql(
WITH earlier AS (
  SELECT * FROM unnest($15::bigint[], $16::text[], $17::text[], $18::text[], $19::text[], $20::timestamp[],
                       $21::timestamp[]) WITH ORDINALITY
    AS e(id, channel, outcome, provider_code, error, started, finished, place)),
done AS (
  UPDATE jobs j SET state = )sql" + kOutcome +
                                               R"sql(,
         run_at = CASE WHEN )sql" + kOutcome +
                                               R"sql( = 'retry' THEN r.again ELSE j.run_at END,
         due_at = COALESCE(j.due_at, j.run_at),
         finished_at = CASE WHEN )sql" + kOutcome +
                                               R"sql( <> 'retry' THEN r.finished END,
         attempt = j.attempt - CASE WHEN r.held THEN 1 ELSE 0 END,
         look_at = CASE WHEN )sql" + kOutcome +
                                               R"sql( = 'unknown' THEN r.finished + $14::interval END, looks = 0,
         lease_token = NULL, lease_until = NULL,
         channel = COALESCE(r.channel, j.channel), paced_for = r.paced_for,
         provider_message_id = COALESCE(r.provider_id, j.provider_message_id),
         last_error = r.error
    FROM unnest($1::bigint[], $2::text[], $3::int[], $4::text[], $5::timestamp[], $6::timestamp[], $7::timestamp[],
                $8::text[], $9::text[], $10::text[], $11::text[], $12::bool[], $13::text[])
      AS r(id, token, attempt, outcome, started, finished, again, channel, provider_id, provider_code, error, held,
           paced_for)
   WHERE j.id = r.id AND j.lease_token = r.token AND j.attempt = r.attempt
  RETURNING j.id, j.kind, j.appointment_id, j.schedule_version, j.state, j.run_at, r.attempt, r.outcome, r.started,
            r.finished, r.channel, r.provider_id, r.provider_code, r.error),
logged AS (
  INSERT INTO deliveries (job_id, attempt, channel, outcome, provider_code, provider_message_id, error, started_at,
                          finished_at)
  SELECT id, attempt, channel, outcome, provider_code, provider_id, error, started, finished
    FROM (SELECT d.id, d.attempt, e.channel, e.outcome, e.provider_code, NULL::text AS provider_id, e.error, e.started,
                 e.finished, e.place
            FROM done d JOIN earlier e ON e.id = d.id
          UNION ALL
          SELECT id, attempt, channel, outcome, provider_code, provider_id, error, started, finished, NULL
            FROM done WHERE channel IS NOT NULL) tries
   ORDER BY id, place NULLS LAST),
reminded AS (
  UPDATE appointments a SET email_reminder_sent_at = COALESCE(s.email, a.email_reminder_sent_at),
                            sms_reminder_sent_at = COALESCE(s.sms, a.sms_reminder_sent_at)
    FROM (SELECT appointment_id, schedule_version, max(finished) FILTER (WHERE kind = 'email_reminder') AS email,
                 max(finished) FILTER (WHERE kind = 'sms_reminder') AS sms
            FROM done WHERE state IN ('sent', 'delivered') AND kind IN ('email_reminder', 'sms_reminder')
           GROUP BY appointment_id, schedule_version) s
   WHERE a.id = s.appointment_id AND a.schedule_version = s.schedule_version)
SELECT id, run_at FROM done WHERE state = 'retry' ORDER BY id)sql"};

/// $4 now.
const Statement kRelease{"jobs_release", R"sql(
WITH held AS ()sql" + kHeld + R"sql( ORDER BY j.id FOR UPDATE OF j)
UPDATE jobs j SET state = CASE WHEN j.cancel_requested THEN 'cancelled' WHEN j.attempt > 1 THEN 'retry'
                               ELSE 'scheduled' END,
       finished_at = CASE WHEN j.cancel_requested THEN $4::timestamp END,
       attempt = j.attempt - 1, lease_token = NULL, lease_until = NULL
  FROM held WHERE j.id = held.id AND j.lease_token IS NOT NULL)sql"};

const Statement kPending{"jobs_pending", R"sql(
SELECT id, run_at FROM jobs
 WHERE state IN ('scheduled', 'retry') AND (run_at, id) > ($1::timestamp, $2::bigint) AND run_at < $3::timestamp
 ORDER BY run_at, id LIMIT $4::bigint)sql"};

/// What is no message leaves nothing in doubt: it happened in a transaction, or not at all, and so it runs again. Nor
/// does a message of which its provider has told meanwhile. $1 now, $2 kinds that are messages.
const Statement kExpireLeases{"jobs_expire_leases", R"sql(
WITH lost AS (
  SELECT id, CASE WHEN kind <> ALL ($2::text[]) THEN 'retry'
                  WHEN reported = 'accepted' THEN 'sent' ELSE COALESCE(reported, 'unknown') END AS next
    FROM jobs WHERE state = 'running' AND lease_until < $1::timestamp ORDER BY id FOR UPDATE SKIP LOCKED)
UPDATE jobs j SET state = lost.next, finished_at = CASE WHEN lost.next <> 'retry' THEN $1::timestamp END,
       lease_token = NULL, lease_until = NULL, look_at = CASE WHEN lost.next = 'unknown' THEN $1::timestamp END, looks = 0
  FROM lost WHERE j.id = lost.id AND j.state = 'running' AND j.lease_until < $1::timestamp)sql"};

const Statement kOverdue{"jobs_overdue", R"sql(
SELECT COUNT(*) FROM jobs WHERE state IN ('scheduled', 'retry') AND run_at < $1::timestamp)sql"};

/// Two parts, as each has a partial index of its own.
const Statement kUnfinished{"jobs_unfinished", R"sql(
SELECT state, COUNT(*) FROM jobs WHERE state IN ('scheduled', 'retry') GROUP BY state
UNION ALL SELECT 'running', COUNT(*) FROM jobs WHERE state = 'running')sql"};

const Statement kTryAlone{"alone_try", "SELECT pg_try_advisory_lock(hashtextextended('rota.' || $1, 0))"};
const Statement kEndAlone{"alone_end", "SELECT pg_advisory_unlock(hashtextextended('rota.' || $1, 0))"};

Parameter kindsWhere(bool (*holds)(domain::JobKind)) {
    ArrayParameter kinds;
    for (const domain::JobKind kind : domain::kJobKinds)
        if (holds(kind)) kinds.add(domain::toString(kind));
    return kinds;
}

Parameter standingKinds() {
    static const Parameter kinds = kindsWhere(&domain::requiresStanding);
    return kinds;
}

Parameter messageKinds() {
    static const Parameter kinds = kindsWhere([](domain::JobKind kind) { return domain::mediumOf(kind).has_value(); });
    return kinds;
}

/// One for each claim: nobody else's result can carry it.
std::string newLeaseToken() {
    thread_local std::random_device random;
    return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

Parameter idsOf(std::span<const base::JobId> ids) {
    return arrayOf(ids, [](base::JobId id) { return Parameter(id); });
}

std::vector<app::QueuedJob> readQueued(const Rows& rows) {
    std::vector<app::QueuedJob> jobs;
    for (int row = 0; row < rows.size(); ++row)
        jobs.push_back({rows.id<base::JobId>(row, 0), rows.instant(row, 1)});
    return jobs;
}

app::ClaimedJob readClaimed(const Rows& rows, int row, const std::string& token) {
    const auto kind = domain::parseJobKind(rows.text(row, 2));
    if (!kind) throw std::logic_error("jobs hold an unknown kind");
    app::ClaimedJob job;
    job.id = rows.id<base::JobId>(row, 0);
    job.kind = *kind;
    job.attempt = static_cast<int>(rows.integer(row, 3));
    job.leaseToken = token;
    job.runAt = rows.instant(row, 4);
    job.dueAt = rows.instant(row, 5);
    job.notAfter = rows.instant(row, 6);
    job.payload = rows.stringOrEmpty(row, 7);
    job.doctorName = rows.stringOrEmpty(row, 8);
    job.patientName = rows.stringOrEmpty(row, 9);
    job.patientEmail = rows.stringOrEmpty(row, 10);
    job.patientPhone = rows.stringOrEmpty(row, 11);
    if (!rows.isNull(row, 12)) job.preferences = readPreferences(rows, row, 12);
    job.onlyChannel = rows.stringOrEmpty(row, 15);
    job.round = static_cast<int>(rows.integer(row, 16));
    job.pacedFor = rows.stringOrEmpty(row, 17);
    if (!rows.isNull(row, 18)) job.appointment = readAppointment(rows, row, 18);
    return job;
}

/// The rows that became `running`; the others were moved to where they never run.
std::vector<app::ClaimedJob> readRunning(const Rows& rows, const std::string& token) {
    std::vector<app::ClaimedJob> jobs;
    for (int row = 0; row < rows.size(); ++row)
        if (rows.text(row, 1) == "running") jobs.push_back(readClaimed(rows, row, token));
    return jobs;
}

/// $1, $2 and $3 of kHeld.
template <class Jobs>
Parameters leasesOf(const Jobs& jobs) {
    return {arrayOf(jobs, [](const auto& job) { return Parameter(job.id); }),
            arrayOf(jobs, [](const auto& job) { return Parameter(job.leaseToken); }),
            arrayOf(jobs, [](const auto& job) { return Parameter(job.attempt); })};
}

/// $15 to $21 of kFinishJobs.
void addEarlier(std::span<const app::JobResult> results, Parameters& parameters) {
    using Try = std::pair<base::JobId, const app::FailedTry*>;
    std::vector<Try> tries;
    for (const auto& result : results)
        for (const auto& earlier : result.earlier)
            tries.emplace_back(result.id, &earlier);
    const auto add = [&](auto projection) { parameters.push_back(arrayOf(tries, projection)); };
    add([](const Try& item) { return Parameter(item.first); });
    add([](const Try& item) { return Parameter(item.second->channel); });
    add([](const Try& item) { return Parameter(toString(item.second->outcome)); });
    add([](const Try& item) { return orNull(item.second->providerCode); });
    add([](const Try& item) { return orNull(item.second->error); });
    add([](const Try& item) { return Parameter(item.second->startedAt); });
    add([](const Try& item) { return Parameter(item.second->finishedAt); });
}

Parameters finishParameters(std::span<const app::JobResult> results) {
    using Result = app::JobResult;
    Parameters parameters = leasesOf(results);
    const auto add = [&](auto projection) { parameters.push_back(arrayOf(results, projection)); };
    add([](const Result& result) { return Parameter(toString(result.outcome)); });
    add([](const Result& result) { return Parameter(result.startedAt); });
    add([](const Result& result) { return Parameter(result.finishedAt); });
    add([](const Result& result) { return Parameter(result.runAgainAt); });
    add([](const Result& result) { return orNull(result.channel); });
    add([](const Result& result) { return orNull(result.providerMessageId); });
    add([](const Result& result) { return orNull(result.providerCode); });
    add([](const Result& result) { return orNull(result.error); });
    add([](const Result& result) { return Parameter(result.held); });
    add([](const Result& result) { return orNull(result.pacedFor); });
    parameters.push_back(std::to_string(base::Milliseconds{limits::kDoubtFirstLook}.count()) + " ms");
    addEarlier(results, parameters);
    return parameters;
}

} // namespace

app::JobStore::Claim PostgresJobStore::claim(std::span<const base::JobId> ids, base::Instant now,
                                             base::Instant leaseUntil) {
    Claim claim;
    if (ids.empty()) return claim;
    const std::string token = newLeaseToken();
    const Lease connection = pool_.borrow();
    const Rows moved = connection->run(
        kClaim, {now, token, leaseUntil, standingKinds(), idsOf(ids.first(std::min(ids.size(), limits::kClaimBatch)))});
    claim.claimed = readRunning(moved, token);
    if (claim.claimed.size() == ids.size()) return claim;

    std::unordered_set<base::JobId> settled;
    for (const app::ClaimedJob& job : claim.claimed)
        settled.insert(job.id);
    claim.later = readQueued(connection->run(kStillPending, {idsOf(ids)}));
    for (const app::QueuedJob& job : claim.later)
        settled.insert(job.id);
    std::ranges::copy_if(ids, std::back_inserter(claim.gone), [&](base::JobId id) { return !settled.contains(id); });
    return claim;
}

// A batch may turn out to be all void; the next one may not. The bound is for a clinic that comes back after a week.
std::vector<app::ClaimedJob> PostgresJobStore::claimDue(std::size_t most, base::Instant now, base::Instant leaseUntil) {
    const std::string token = newLeaseToken();
    const std::size_t batch = std::min(most, limits::kClaimBatch);
    const Lease connection = pool_.borrow();
    for (int round = 0; round < 100 && batch > 0; ++round) {
        const Rows moved = connection->run(kClaimDue, {now, token, leaseUntil, standingKinds(), batch});
        if (auto claimed = readRunning(moved, token); !claimed.empty() || moved.empty()) return claimed;
    }
    return {};
}

// Both in one round trip, and so in one transaction. By id, as rows are locked in the order in which they are looked
// up.
std::vector<app::QueuedJob> PostgresJobStore::finish(std::span<const app::JobResult> given) {
    if (given.empty()) return {};
    std::vector<app::JobResult> results(given.begin(), given.end());
    std::ranges::sort(results, {}, &app::JobResult::id);
    // Whatever its outcome, a report may have it that a message was sent.
    std::vector<app::JobResult> messages;
    std::ranges::copy_if(results, std::back_inserter(messages),
                         [](const app::JobResult& result) { return result.outcome != app::JobOutcome::Done; });
    std::vector<Call> calls;
    if (!messages.empty()) calls.push_back({kLockAppointments, leasesOf(messages)});
    calls.push_back({kFinishJobs, finishParameters(results)});
    return readQueued(pool_.borrow()->runTogether(calls).back());
}

void PostgresJobStore::release(std::span<const app::ClaimedJob> jobs, base::Instant now) {
    if (jobs.empty()) return;
    Parameters parameters = leasesOf(jobs);
    parameters.emplace_back(now);
    pool_.retrying([&](Connection& connection) { return connection.run(kRelease, parameters); });
}

std::vector<app::QueuedJob> PostgresJobStore::pending(const app::QueuedJob& after, base::Instant until,
                                                      std::size_t most) {
    return readQueued(pool_.retrying([&](Connection& connection) {
        return connection.run(kPending, {after.runAt, after.id, until, most});
    }));
}

std::size_t PostgresJobStore::expireLeases(base::Instant now) {
    return pool_.borrow()->run(kExpireLeases, {now, messageKinds()}).affected();
}

std::size_t PostgresJobStore::overdue(base::Instant now, base::Milliseconds grace) {
    const Rows rows = pool_.retrying([&](Connection& connection) { return connection.run(kOverdue, {now - grace}); });
    return static_cast<std::size_t>(rows.integer(0, 0));
}

std::map<std::string, std::size_t> PostgresJobStore::unfinished() {
    const Rows rows = pool_.retrying([](Connection& connection) { return connection.run(kUnfinished); });
    std::map<std::string, std::size_t> counts{{"scheduled", 0}, {"retry", 0}, {"running", 0}};
    for (int row = 0; row < rows.size(); ++row)
        counts[rows.string(row, 0)] = static_cast<std::size_t>(rows.integer(row, 1));
    return counts;
}

bool PostgresJobStore::alone(std::string_view name, const std::function<void()>& work) {
    const Lease connection = pool_.borrow();
    if (!connection->run(kTryAlone, {name}).boolean(0, 0)) return false;
    // The lock belongs to the session and ends with it, should this process die or the connection break.
    const auto unlock = [&]() noexcept {
        try {
            connection->run(kEndAlone, {name});
        } catch (const app::StorageError&) {
        }
    };
    try {
        work();
    } catch (...) {
        unlock();
        throw;
    }
    unlock();
    return true;
}

} // namespace rota::postgres
