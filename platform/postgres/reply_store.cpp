#include "postgres/reply_store.hpp"

#include "base/limits.hpp"

namespace rota::postgres {
namespace {

/// $1 phone, $2 now.
const Statement kReminded{"replies_reminded", R"sql(
SELECT a.id FROM patients p JOIN appointments a ON a.patient_id = p.id
 WHERE p.phone = $1 AND a.status = 'scheduled' AND a.start_time > $2::timestamp AND a.sms_reminder_sent_at IS NOT NULL
 ORDER BY a.sms_reminder_sent_at DESC, a.id)sql"};

/// Every patient of that phone who ever got an SMS reminder, and each once for a text. $1 phone, $2 the text's id, $3
/// kinds, $4 now, $5 until when it is worth telling.
const Statement kAnnounce{"replies_announce", R"sql(
INSERT INTO jobs (kind, patient_id, dedupe_key, run_at, not_after, created_at)
SELECT kind, p.id, kind || ':' || p.id || ':' || md5($2), $4::timestamp, $5::timestamp, $4::timestamp
  FROM patients p, unnest($3::text[]) kind
 WHERE p.phone = $1
   AND EXISTS (SELECT FROM appointments a WHERE a.patient_id = p.id AND a.sms_reminder_sent_at IS NOT NULL)
 ORDER BY p.id, kind LIMIT $6::bigint
ON CONFLICT (dedupe_key) DO NOTHING
RETURNING id, run_at)sql"};

} // namespace

std::vector<base::AppointmentId> PostgresReplyStore::reminded(const std::string& phone, base::Instant now) {
    const Rows rows = pool_.retrying([&](Connection& connection) { return connection.run(kReminded, {phone, now}); });
    std::vector<base::AppointmentId> found;
    for (int i = 0; i < rows.size(); ++i)
        found.push_back(rows.id<base::AppointmentId>(i, 0));
    return found;
}

std::vector<app::QueuedJob> PostgresReplyStore::announceUnclear(const std::string& phone, const std::string& text,
                                                                bool clinicToo, base::Instant now) {
    ArrayParameter kinds;
    kinds.add(toString(domain::JobKind::UnclearReplyNotice));
    if (clinicToo) kinds.add(toString(domain::JobKind::UnclearReplyAlert));
    const Rows rows = pool_.retrying([&](Connection& connection) {
        return connection.run(kAnnounce, {phone, text, kinds, now, now + base::limits::kUnclearReplyKept,
                                          base::limits::kUnclearReplyMails});
    });
    std::vector<app::QueuedJob> jobs;
    for (int i = 0; i < rows.size(); ++i)
        jobs.push_back({rows.id<base::JobId>(i, 0), rows.instant(i, 1)});
    return jobs;
}

} // namespace rota::postgres
