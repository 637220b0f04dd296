#include "support/in_memory_job_store.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace rota::testing {
namespace {

using Tables = InMemoryTables;
using JobRow = InMemoryTables::JobRow;

bool stands(const Tables& tables, const JobRow& job) {
    if (!domain::requiresStanding(job.kind)) return true;
    const auto& appointment = tables.appointments.at(job.appointment).appointment;
    return appointment.status == domain::AppointmentStatus::Scheduled &&
           appointment.scheduleVersion == job.scheduleVersion;
}

/// Moves a row that can never run any more to its end. Whether it may still run.
bool mayStillRun(const Tables& tables, JobRow& job, base::Instant now) {
    if (!job.pending()) return false;
    if (!stands(tables, job)) {
        job.state = JobState::Cancelled;
    } else if (job.notAfter <= now) {
        job.state = JobState::Expired;
    }
    return job.pending();
}

app::ClaimedJob lease(Tables& tables, JobRow& job, base::Instant leaseUntil) {
    job.state = JobState::Running;
    ++job.attempt;
    job.leaseToken = "lease-" + std::to_string(++tables.lastId);
    job.leaseUntil = leaseUntil;
    job.channel.clear();
    if (job.reported) job.reportsFrom = job.reported->occurred;
    job.reported.reset();
    job.reportedBy.clear();

    app::ClaimedJob claimed;
    auto patientId = job.patient;
    if (const auto row = tables.appointments.find(job.appointment); row != tables.appointments.end()) {
        claimed.appointment = row->second.appointment;
        claimed.doctorName = tables.doctors.at(claimed.appointment->doctor).doctor.name;
        patientId = claimed.appointment->patient;
    }
    const auto& patient = tables.patients.at(patientId);
    claimed.id = job.id;
    claimed.kind = job.kind;
    claimed.attempt = job.attempt;
    claimed.leaseToken = job.leaseToken;
    claimed.runAt = job.runAt;
    claimed.dueAt = job.dueAt.value_or(job.runAt);
    claimed.notAfter = job.notAfter;
    claimed.payload = job.payload;
    claimed.patientName = patient.name;
    claimed.patientEmail = patient.email;
    claimed.patientPhone = patient.phone;
    claimed.preferences = patient.preferences;
    claimed.onlyChannel = job.onlyChannel;
    claimed.round = job.round;
    claimed.pacedFor = job.pacedFor;
    return claimed;
}

JobRow* leased(Tables& tables, base::JobId id, const std::string& token, int attempt) {
    const auto row = tables.jobs.find(id);
    const bool held = row != tables.jobs.end() && row->second.state == JobState::Running &&
                      row->second.leaseToken == token && row->second.attempt == attempt;
    return held ? &row->second : nullptr;
}

/// What a provider reported before the result could be recorded.
std::optional<JobState> stateReported(const app::JobResult& result, const JobRow& job) {
    using app::JobOutcome;
    if (!job.reported) return std::nullopt;
    const auto is = [&](std::initializer_list<JobOutcome> outcomes) {
        return std::ranges::count(outcomes, result.outcome);
    };
    switch (job.reported->what) {
    case domain::Reported::Delivered:
        if (is({JobOutcome::Sent, JobOutcome::Unknown, JobOutcome::Retry, JobOutcome::Failed}))
            return JobState::Delivered;
        break;
    case domain::Reported::Undelivered:
        if (job.reportedBy == result.channel && is({JobOutcome::Sent, JobOutcome::Unknown}))
            return JobState::Undelivered;
        break;
    case domain::Reported::Accepted:
        if (is({JobOutcome::Unknown, JobOutcome::Retry, JobOutcome::Failed})) return JobState::Sent;
        break;
    }
    return std::nullopt;
}

JobState stateAfter(const app::JobResult& result, const JobRow& job) {
    if (const auto reported = stateReported(result, job)) return *reported;
    switch (result.outcome) {
    case app::JobOutcome::Sent: return JobState::Sent;
    case app::JobOutcome::Done: return JobState::Done;
    case app::JobOutcome::Retry:
        if (job.cancelRequested) return JobState::Cancelled;
        return result.runAgainAt < job.notAfter ? JobState::Retry : JobState::Expired;
    case app::JobOutcome::Failed: return JobState::Failed;
    case app::JobOutcome::Suppressed: return JobState::Suppressed;
    case app::JobOutcome::Unknown: return JobState::Unknown;
    }
    return JobState::Unknown;
}

JobState stateAfterItsLease(const JobRow& job) {
    if (!domain::mediumOf(job.kind)) return JobState::Retry;
    if (!job.reported) return JobState::Unknown;
    switch (job.reported->what) {
    case domain::Reported::Delivered: return JobState::Delivered;
    case domain::Reported::Undelivered: return JobState::Undelivered;
    case domain::Reported::Accepted: return JobState::Sent;
    }
    return JobState::Unknown;
}

void apply(Tables& tables, JobRow& job, const app::JobResult& result) {
    job.state = stateAfter(result, job);
    for (const auto& earlier : result.earlier)
        job.deliveries.push_back(earlier.channel);
    if (!result.channel.empty()) job.deliveries.push_back(result.channel);
    if (!job.dueAt) job.dueAt = job.runAt;
    if (job.state == JobState::Retry) job.runAt = result.runAgainAt;
    if (result.held) --job.attempt;
    if (!result.channel.empty()) job.channel = result.channel;
    if (!result.providerMessageId.empty()) job.providerMessageId = result.providerMessageId;
    job.finishedAt = result.finishedAt;
    job.pacedFor = result.pacedFor;
    job.looks = 0;
    job.lookAt.reset();
    if (job.state == JobState::Unknown) job.lookAt = result.finishedAt + base::limits::kDoubtFirstLook;
    if (job.state == JobState::Sent || job.state == JobState::Delivered) markReminded(tables, job, result.finishedAt);
}

} // namespace

void markReminded(InMemoryTables& tables, const InMemoryTables::JobRow& job, base::Instant at) {
    const bool reminder = job.kind == domain::JobKind::EmailReminder || job.kind == domain::JobKind::SmsReminder;
    if (!reminder) return;
    auto& row = tables.appointments.at(job.appointment);
    if (row.appointment.scheduleVersion == job.scheduleVersion) row.reminderSentAt[job.kind] = at;
}

app::JobStore::Claim InMemoryJobStore::claim(std::span<const base::JobId> ids, base::Instant now,
                                             base::Instant leaseUntil) {
    return database_.transaction([&](Tables& tables) {
        Claim claim;
        for (const auto id : std::set<base::JobId>(ids.begin(), ids.end())) {
            const auto row = tables.jobs.find(id);
            if (row == tables.jobs.end() || !mayStillRun(tables, row->second, now)) {
                claim.gone.push_back(id);
            } else if (row->second.runAt > now || claim.claimed.size() == base::limits::kClaimBatch) {
                claim.later.push_back({id, row->second.runAt});
            } else {
                claim.claimed.push_back(lease(tables, row->second, leaseUntil));
            }
        }
        return claim;
    });
}

std::vector<app::ClaimedJob> InMemoryJobStore::claimDue(std::size_t most, base::Instant now, base::Instant leaseUntil) {
    return database_.transaction([&](Tables& tables) {
        std::vector<JobRow*> due;
        for (auto& [id, job] : tables.jobs)
            if (job.runAt <= now && mayStillRun(tables, job, now)) due.push_back(&job);
        std::stable_sort(due.begin(), due.end(), [](auto* a, auto* b) { return a->runAt < b->runAt; });
        due.resize(std::min(most, due.size()));

        std::vector<app::ClaimedJob> claimed;
        for (auto* job : due)
            claimed.push_back(lease(tables, *job, leaseUntil));
        return claimed;
    });
}

std::vector<app::QueuedJob> InMemoryJobStore::finish(std::span<const app::JobResult> results) {
    return database_.transaction([&](Tables& tables) {
        std::vector<app::QueuedJob> again;
        for (const auto& result : results) {
            auto* job = leased(tables, result.id, result.leaseToken, result.attempt);
            if (!job) continue;
            apply(tables, *job, result);
            if (job->pending()) again.push_back({job->id, job->runAt});
        }
        return again;
    });
}

void InMemoryJobStore::release(std::span<const app::ClaimedJob> jobs, base::Instant now) {
    database_.transaction([&](Tables& tables) {
        for (const auto& claimed : jobs) {
            auto* job = leased(tables, claimed.id, claimed.leaseToken, claimed.attempt);
            if (!job) continue;
            --job->attempt;
            if (job->cancelRequested) {
                job->state = JobState::Cancelled;
                job->finishedAt = now;
            } else {
                job->state = job->attempt == 0 ? JobState::Scheduled : JobState::Retry;
            }
        }
    });
}

std::vector<app::QueuedJob> InMemoryJobStore::pending(const app::QueuedJob& after, base::Instant until,
                                                      std::size_t most) {
    const auto place = [](const app::QueuedJob& job) { return std::pair(job.runAt, job.id); };
    return database_.transaction([&](Tables& tables) {
        std::vector<app::QueuedJob> rows;
        for (const auto& [id, job] : tables.jobs)
            if (job.pending() && job.runAt < until && place({id, job.runAt}) > place(after))
                rows.push_back({id, job.runAt});
        std::ranges::sort(rows, {}, place);
        rows.resize(std::min(rows.size(), most));
        return rows;
    });
}

std::size_t InMemoryJobStore::expireLeases(base::Instant now) {
    return database_.transaction([&](Tables& tables) {
        std::size_t expired = 0;
        for (auto& [id, job] : tables.jobs) {
            if (job.state != JobState::Running || job.leaseUntil >= now) continue;
            job.state = stateAfterItsLease(job);
            job.finishedAt = now;
            job.looks = 0;
            if (job.state == JobState::Unknown) job.lookAt = now;
            ++expired;
        }
        return expired;
    });
}

std::size_t InMemoryJobStore::overdue(base::Instant now, base::Milliseconds grace) {
    return database_.transaction([&](Tables& tables) {
        return static_cast<std::size_t>(std::count_if(tables.jobs.begin(), tables.jobs.end(), [&](const auto& entry) {
            return entry.second.pending() && entry.second.runAt < now - grace;
        }));
    });
}

std::map<std::string, std::size_t> InMemoryJobStore::unfinished() {
    return database_.transaction([&](Tables& tables) {
        std::map<std::string, std::size_t> counts{{"scheduled", 0}, {"retry", 0}, {"running", 0}};
        for (const auto& [id, job] : tables.jobs)
            if (job.pending() || job.state == JobState::Running) ++counts[toString(job.state)];
        return counts;
    });
}

bool InMemoryJobStore::alone(std::string_view name, const std::function<void()>& work) {
    const std::string lock{name};
    if (!database_.transaction([&](Tables& tables) { return tables.advisoryLocks.insert(lock).second; })) return false;
    const auto unlock = [&] { database_.transaction([&](Tables& tables) { tables.advisoryLocks.erase(lock); }); };
    try {
        work();
    } catch (...) {
        unlock();
        throw;
    }
    unlock();
    return true;
}

} // namespace rota::testing
