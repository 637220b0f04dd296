#include "support/in_memory_job_store.hpp"

#include "base/limits.hpp"

#include <algorithm>

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

    const auto& appointment = tables.appointments.at(job.appointment).appointment;
    const auto& patient = tables.patients.at(appointment.patient);
    app::ClaimedJob claimed;
    claimed.id = job.id;
    claimed.kind = job.kind;
    claimed.attempt = job.attempt;
    claimed.leaseToken = job.leaseToken;
    claimed.runAt = job.runAt;
    claimed.notAfter = job.notAfter;
    claimed.appointment = appointment;
    claimed.doctorName = tables.doctors.at(appointment.doctor).doctor.name;
    claimed.payload = job.payload;
    claimed.patientName = patient.name;
    claimed.patientEmail = patient.email;
    claimed.patientPhone = patient.phone;
    return claimed;
}

JobRow* leased(Tables& tables, base::JobId id, const std::string& token, int attempt) {
    const auto row = tables.jobs.find(id);
    const bool held = row != tables.jobs.end() && row->second.state == JobState::Running &&
                      row->second.leaseToken == token && row->second.attempt == attempt;
    return held ? &row->second : nullptr;
}

JobState stateAfter(const app::JobResult& result, const JobRow& job) {
    switch (result.outcome) {
    case app::JobOutcome::Sent: return JobState::Sent;
    case app::JobOutcome::Done: return JobState::Done;
    case app::JobOutcome::Retry: return job.cancelRequested ? JobState::Cancelled : JobState::Retry;
    case app::JobOutcome::Failed: return JobState::Failed;
    case app::JobOutcome::Suppressed: return JobState::Suppressed;
    case app::JobOutcome::Unknown: return JobState::Unknown;
    }
    return JobState::Unknown;
}

void apply(Tables& tables, JobRow& job, const app::JobResult& result) {
    job.state = stateAfter(result, job);
    if (!result.channel.empty()) ++job.deliveries;
    if (job.state == JobState::Retry) job.runAt = result.runAgainAt;
    const bool reminder = job.kind == domain::JobKind::EmailReminder || job.kind == domain::JobKind::SmsReminder;
    if (job.state == JobState::Sent && reminder)
        tables.appointments.at(job.appointment).reminderSentAt[job.kind] = result.finishedAt;
}

} // namespace

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
            if (mayStillRun(tables, job, now) && job.runAt <= now) due.push_back(&job);
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

void InMemoryJobStore::release(std::span<const app::ClaimedJob> jobs) {
    database_.transaction([&](Tables& tables) {
        for (const auto& claimed : jobs) {
            auto* job = leased(tables, claimed.id, claimed.leaseToken, claimed.attempt);
            if (!job) continue;
            --job->attempt;
            if (job->cancelRequested) {
                job->state = JobState::Cancelled;
            } else {
                job->state = job->attempt == 0 ? JobState::Scheduled : JobState::Retry;
            }
        }
    });
}

std::vector<app::QueuedJob> InMemoryJobStore::pending(base::JobId after, base::Instant until, std::size_t most) {
    return database_.transaction([&](Tables& tables) {
        std::vector<app::QueuedJob> rows;
        for (auto row = tables.jobs.upper_bound(after); row != tables.jobs.end() && rows.size() < most; ++row)
            if (row->second.pending() && row->second.runAt < until) rows.push_back({row->first, row->second.runAt});
        return rows;
    });
}

std::size_t InMemoryJobStore::expireLeases(base::Instant now) {
    return database_.transaction([&](Tables& tables) {
        std::size_t expired = 0;
        for (auto& [id, job] : tables.jobs) {
            if (job.state != JobState::Running || job.leaseUntil > now) continue;
            job.state = domain::mediumOf(job.kind) ? JobState::Unknown : JobState::Retry;
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
