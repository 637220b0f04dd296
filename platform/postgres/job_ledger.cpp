#include "postgres/job_ledger.hpp"

#include <stdexcept>

namespace rota::postgres {
namespace {

const std::string kJobs = R"sql(
SELECT j.id, j.kind, j.state, j.appointment_id, j.patient_id, j.run_at, j.not_after, j.created_at, j.finished_at,
       j.attempt, j.channel, j.provider_message_id, j.last_error,
       COALESCE(a.status = 'scheduled' AND a.schedule_version = j.schedule_version, false),
       j.state = 'unknown' AND j.look_at IS NULL
  FROM jobs j LEFT JOIN appointments a ON a.id = j.appointment_id)sql";

const Statement kFindInLedger{"ledger_find", kJobs + " WHERE j.id = $1::bigint"};

const std::string kDeliveries = R"sql(
SELECT id, job_id, attempt, channel, outcome, provider_code, provider_message_id, error, started_at, finished_at
  FROM deliveries)sql";

/// $1 job, $2 the state it must still be in, $3 now, $4 whether as a new message.
const Statement kRunAgain{"ledger_run_again", R"sql(
UPDATE jobs SET state = 'retry', run_at = $3::timestamp, due_at = NULL, attempt = 0, finished_at = NULL,
       cancel_requested = false, reported = NULL, reported_by = NULL, reported_at = $3::timestamp, look_at = NULL, looks = 0,
       only_channel = NULL, round = round + CASE WHEN $4::bool THEN 1 ELSE 0 END
 WHERE id = $1::bigint AND state = $2 AND not_after > $3::timestamp)sql"};

/// Conditions that are there only where something was asked for: each combination is planned for itself.
class Conditions {
public:
    explicit Conditions(std::string select) : sql_(std::move(select)) {}

    template <class Value>
    void add(const std::string& condition, const std::optional<Value>& value) {
        if (!value) return;
        parameters_.push_back(*value);
        sql_ += (parameters_.size() == 1 ? " WHERE " : " AND ") + condition + std::to_string(parameters_.size());
    }

    Rows run(Pool& pool, const std::string& order, int limit) {
        parameters_.push_back(limit);
        const auto sql = sql_ + order + " LIMIT $" + std::to_string(parameters_.size()) + "::int";
        return pool.retrying([&](Connection& connection) { return connection.query(sql, parameters_); });
    }

private:
    std::string sql_;
    Parameters parameters_;
};

template <class Id>
std::optional<Id> idOrNone(const Rows& rows, int row, int column) {
    return rows.isNull(row, column) ? std::nullopt : std::optional(rows.id<Id>(row, column));
}

app::JobRecord readJob(const Rows& rows, int row) {
    const auto kind = domain::parseJobKind(rows.text(row, 1));
    if (!kind) throw std::logic_error("jobs hold an unknown kind");
    app::JobRecord job;
    job.id = rows.id<base::JobId>(row, 0);
    job.kind = *kind;
    job.state = rows.string(row, 2);
    job.appointment = idOrNone<base::AppointmentId>(rows, row, 3);
    job.patient = idOrNone<base::PatientId>(rows, row, 4);
    job.runAt = rows.instant(row, 5);
    job.notAfter = rows.instant(row, 6);
    job.createdAt = rows.instant(row, 7);
    if (!rows.isNull(row, 8)) job.finishedAt = rows.instant(row, 8);
    job.attempt = static_cast<int>(rows.integer(row, 9));
    job.channel = rows.stringOrEmpty(row, 10);
    job.providerMessageId = rows.stringOrEmpty(row, 11);
    job.lastError = rows.stringOrEmpty(row, 12);
    job.stands = !domain::requiresStanding(*kind) || rows.boolean(row, 13);
    job.givenUp = rows.boolean(row, 14);
    return job;
}

app::DeliveryRecord readDelivery(const Rows& rows, int row) {
    app::DeliveryRecord delivery;
    delivery.id = rows.integer(row, 0);
    delivery.job = rows.id<base::JobId>(row, 1);
    delivery.attempt = static_cast<int>(rows.integer(row, 2));
    delivery.channel = rows.string(row, 3);
    delivery.outcome = rows.string(row, 4);
    delivery.providerCode = rows.stringOrEmpty(row, 5);
    delivery.providerMessageId = rows.stringOrEmpty(row, 6);
    delivery.error = rows.stringOrEmpty(row, 7);
    delivery.startedAt = rows.instant(row, 8);
    delivery.finishedAt = rows.instant(row, 9);
    return delivery;
}

} // namespace

std::vector<app::JobRecord> PostgresJobLedger::jobs(const app::JobsWanted& wanted) {
    Conditions conditions(kJobs);
    conditions.add("j.state = $", wanted.state);
    conditions.add("j.kind = $", wanted.kind ? std::optional(domain::toString(*wanted.kind)) : std::nullopt);
    conditions.add("j.appointment_id = $", wanted.appointment);
    conditions.add("j.id < $", wanted.before);
    const Rows rows = conditions.run(pool_, " ORDER BY j.id DESC", wanted.limit);
    std::vector<app::JobRecord> jobs;
    for (int row = 0; row < rows.size(); ++row)
        jobs.push_back(readJob(rows, row));
    return jobs;
}

std::vector<app::DeliveryRecord> PostgresJobLedger::deliveries(const app::DeliveriesWanted& wanted) {
    Conditions conditions(kDeliveries);
    conditions.add("job_id = $", wanted.job);
    conditions.add("channel = $", wanted.channel);
    conditions.add("outcome = $", wanted.outcome);
    conditions.add("id < $", wanted.before);
    const Rows rows = conditions.run(pool_, " ORDER BY id DESC", wanted.limit);
    std::vector<app::DeliveryRecord> deliveries;
    for (int row = 0; row < rows.size(); ++row)
        deliveries.push_back(readDelivery(rows, row));
    return deliveries;
}

std::optional<app::JobRecord> PostgresJobLedger::find(base::JobId id) {
    const Rows rows = pool_.retrying([&](Connection& connection) { return connection.run(kFindInLedger, {id}); });
    if (rows.empty()) return std::nullopt;
    return readJob(rows, 0);
}

bool PostgresJobLedger::runAgain(base::JobId id, const std::string& state, bool anew, base::Instant now) {
    return pool_.borrow()->run(kRunAgain, {id, state, now, anew}).affected() > 0;
}

} // namespace rota::postgres
