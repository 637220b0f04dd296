#include "support/in_memory_delivery_store.hpp"

#include "base/limits.hpp"
#include "support/in_memory_job_store.hpp"

#include <algorithm>
#include <initializer_list>

namespace rota::testing {
namespace {

using Tables = InMemoryTables;
using JobRow = InMemoryTables::JobRow;
using domain::Reported;

bool isOneOf(JobState state, std::initializer_list<JobState> states) {
    return std::ranges::count(states, state) > 0;
}

JobRow* find(Tables& tables, const app::ReportedDelivery& delivery) {
    if (delivery.job) {
        const auto row = tables.jobs.find(*delivery.job);
        return row == tables.jobs.end() ? nullptr : &row->second;
    }
    for (auto& [id, job] : tables.jobs)
        if (job.providerMessageId == delivery.providerMessageId && job.channel == delivery.channel) return &job;
    return nullptr;
}

/// Or may have it, where nobody has said yet which channel does.
bool isOf(const JobRow& job, const std::string& channel) {
    if (job.channel == channel || std::ranges::count(job.deliveries, channel) > 0) return true;
    return job.channel.empty() && job.attempt > 0 &&
           isOneOf(job.state, {JobState::Running, JobState::Unknown, JobState::Retry});
}

bool counts(const JobRow& job, const app::ReportedDelivery& delivery) {
    const bool others = !job.channel.empty() && job.channel != delivery.channel && job.state != JobState::Running;
    if (delivery.report.what == Reported::Undelivered && others) return false;
    if (job.reported) return domain::supersedes(delivery.report, *job.reported);
    return !job.reportsFrom || delivery.report.occurred > *job.reportsFrom;
}

JobState stateReported(JobState state, Reported what) {
    switch (what) {
    case Reported::Delivered:
        if (isOneOf(state,
                    {JobState::Retry, JobState::Sent, JobState::Unknown, JobState::Failed, JobState::Undelivered}))
            return JobState::Delivered;
        break;
    case Reported::Undelivered:
        if (isOneOf(state, {JobState::Sent, JobState::Unknown, JobState::Delivered})) return JobState::Undelivered;
        break;
    case Reported::Accepted:
        if (isOneOf(state, {JobState::Retry, JobState::Unknown})) return JobState::Sent;
        break;
    }
    return state;
}

bool isReminded(const Tables& tables, const JobRow& job) {
    const auto row = tables.appointments.find(job.appointment);
    return row != tables.appointments.end() && row->second.reminderSentAt.contains(job.kind);
}

JobRow* findInDoubt(Tables& tables, const app::Doubt& doubt) {
    const auto row = tables.jobs.find(doubt.id);
    const bool same =
        row != tables.jobs.end() && row->second.state == JobState::Unknown && row->second.attempt == doubt.attempt;
    return same ? &row->second : nullptr;
}

} // namespace

bool InMemoryDeliveryStore::report(const app::ReportedDelivery& delivery, base::Instant now) {
    return database_.transaction([&](Tables& tables) {
        auto* job = find(tables, delivery);
        if (job == nullptr || !isOf(*job, delivery.channel)) return false;
        if (!counts(*job, delivery)) return true;
        job->reported = delivery.report;
        job->reportedBy = delivery.channel;
        if (job->channel.empty()) job->channel = delivery.channel;
        if (job->providerMessageId.empty()) job->providerMessageId = delivery.providerMessageId;
        const auto before = std::exchange(job->state, stateReported(job->state, delivery.report.what));
        if (before == JobState::Retry && job->state != before) job->finishedAt = now;
        const bool arrived = isOneOf(before, {JobState::Retry, JobState::Unknown, JobState::Failed}) &&
                             isOneOf(job->state, {JobState::Sent, JobState::Delivered});
        if (arrived || (before == JobState::Running && delivery.report.what != Reported::Undelivered))
            if (!isReminded(tables, *job)) markReminded(tables, *job, delivery.report.occurred);
        return true;
    });
}

std::vector<app::Doubt> InMemoryDeliveryStore::doubts(std::size_t most, base::Instant now,
                                                      base::Instant lookedAtUntil) {
    return database_.transaction([&](Tables& tables) {
        std::vector<JobRow*> due;
        for (auto& [id, job] : tables.jobs)
            if (job.state == JobState::Unknown && job.lookAt && *job.lookAt <= now) due.push_back(&job);
        std::ranges::stable_sort(due, {}, [](const JobRow* job) { return *job->lookAt; });
        due.resize(std::min(most, due.size()));
        std::vector<app::Doubt> doubts;
        for (auto* job : due) {
            job->lookAt = lookedAtUntil;
            doubts.push_back({job->id, job->kind, job->attempt, ++job->looks,
                              job->onlyChannel.empty() ? job->channel : job->onlyChannel, job->providerMessageId,
                              job->finishedAt, job->notAfter});
        }
        return doubts;
    });
}

void InMemoryDeliveryStore::lookAgain(const app::Doubt& doubt, std::optional<base::Instant> at) {
    database_.transaction([&](Tables& tables) {
        if (auto* job = findInDoubt(tables, doubt)) job->lookAt = at;
    });
}

std::optional<app::QueuedJob> InMemoryDeliveryStore::sendAgain(const app::Doubt& doubt, base::Instant runAt,
                                                               const std::string& onlyChannel) {
    return database_.transaction([&](Tables& tables) -> std::optional<app::QueuedJob> {
        auto* job = findInDoubt(tables, doubt);
        if (job == nullptr) return std::nullopt;
        const bool certainlyNot = onlyChannel.empty();
        job->lookAt.reset();
        if (!certainlyNot) job->onlyChannel = onlyChannel;
        if (job->cancelRequested)
            job->state = certainlyNot ? JobState::Cancelled : JobState::Unknown;
        else if (runAt < job->notAfter)
            job->state = JobState::Retry;
        else
            job->state = certainlyNot ? JobState::Expired : JobState::Unknown;
        if (job->state != JobState::Retry) return std::nullopt;
        if (!job->dueAt) job->dueAt = job->runAt;
        job->runAt = runAt;
        return app::QueuedJob{job->id, runAt};
    });
}

app::DeliveryStore::InDoubt InMemoryDeliveryStore::inDoubt(base::Instant now) {
    return database_.transaction([&](Tables& tables) {
        InDoubt counts;
        for (const auto& [id, job] : tables.jobs)
            if (job.state == JobState::Unknown && (job.lookAt || job.notAfter > now))
                ++(job.lookAt ? counts.open : counts.givenUp);
        return counts;
    });
}

app::DeliveryStore::InFlight InMemoryDeliveryStore::inFlight(std::span<const base::JobId> jobs) {
    return database_.transaction([&](Tables& tables) {
        InFlight counts;
        for (const auto id : jobs) {
            const auto state = tables.jobs.at(id).state;
            if (state == JobState::Running) ++counts.running;
            if (isOneOf(state, {JobState::Sent, JobState::Delivered, JobState::Undelivered, JobState::Unknown}))
                ++counts.left;
        }
        return counts;
    });
}

void InMemorySuppressionStore::suppress(const std::string& address, const app::Suppression& why) {
    database_.transaction([&](Tables& tables) {
        auto& known = tables.suppressions[{domain::addressKey(address), why.reason}].suppression;
        if (!known || known->since < why.since) known = why;
    });
}

void InMemorySuppressionStore::lift(const std::string& address, base::Instant at, const std::string&) {
    database_.transaction([&](Tables& tables) {
        for (const auto reason : {domain::SuppressionReason::OptedOut, domain::SuppressionReason::Complained}) {
            auto& lifted = tables.suppressions[{domain::addressKey(address), reason}].liftedAt;
            lifted = std::max(lifted.value_or(at), at);
        }
    });
}

std::vector<std::optional<app::Suppression>> InMemorySuppressionStore::find(std::span<const std::string> addresses) {
    return database_.transaction([&](Tables& tables) {
        std::vector<std::optional<app::Suppression>> found(addresses.size());
        for (std::size_t i = 0; i < addresses.size(); ++i)
            for (const auto& [key, row] : tables.suppressions) {
                const bool stands = row.suppression && (!row.liftedAt || row.suppression->since >= *row.liftedAt);
                if (key.first != domain::addressKey(addresses[i]) || !stands) continue;
                if (!found[i] || row.suppression->since < found[i]->since) found[i] = row.suppression;
            }
        return found;
    });
}

bool InMemoryProviderEventStore::seen(const std::string& channel, const std::string& eventId, base::Instant now) {
    return database_.transaction([&](Tables& tables) {
        const auto event = tables.providerEvents.find({channel, eventId});
        return event != tables.providerEvents.end() && event->second > now - base::limits::kProviderEventsKept;
    });
}

bool InMemoryProviderEventStore::remember(const std::string& channel, const std::string& eventId, base::Instant now) {
    if (seen(channel, eventId, now)) return false;
    database_.transaction([&](Tables& tables) { tables.providerEvents[{channel, eventId}] = now; });
    return true;
}

} // namespace rota::testing
