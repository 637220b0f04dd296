#pragma once

#include "app/ports/errors.hpp"
#include "support/in_memory_database.hpp"
#include "support/in_memory_job_queue.hpp"
#include "support/in_memory_job_store.hpp"
#include "support/signal.hpp"
#include "worker/job_handler.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <vector>

namespace rota::testing {

/// The in-memory store, with the failures of a real one. Hooks run in the calling thread, after the step is done.
class FlakyJobStore final : public app::JobStore {
public:
    explicit FlakyJobStore(InMemoryDatabase& database) : inner_(database) {}

    Claim claim(std::span<const base::JobId> ids, base::Instant now, base::Instant leaseUntil) override {
        fail();
        for (const auto id : ids)
            poison(id);
        auto claim = inner_.claim(ids, now, leaseUntil);
        if (afterClaim) afterClaim();
        return claim;
    }
    std::vector<app::ClaimedJob> claimDue(std::size_t most, base::Instant now, base::Instant leaseUntil) override {
        fail();
        return inner_.claimDue(most, now, leaseUntil);
    }
    std::vector<app::QueuedJob> finish(std::span<const app::JobResult> results) override {
        fail();
        for (const auto& result : results)
            poison(result.id);
        auto again = inner_.finish(results);
        for (std::size_t i = 0; i < results.size(); ++i)
            finished.raise();
        return again;
    }
    void release(std::span<const app::ClaimedJob> jobs, base::Instant now) override {
        fail();
        inner_.release(jobs, now);
    }
    std::vector<app::QueuedJob> pending(const app::QueuedJob& after, base::Instant until, std::size_t most) override {
        fail();
        auto rows = inner_.pending(after, until, most);
        if (afterPending) afterPending();
        return rows;
    }
    std::size_t expireLeases(base::Instant now) override {
        fail();
        return inner_.expireLeases(now);
    }
    std::size_t overdue(base::Instant now, base::Milliseconds grace) override {
        fail();
        return inner_.overdue(now, grace);
    }
    std::map<std::string, std::size_t> unfinished() override {
        fail();
        return inner_.unfinished();
    }
    bool alone(std::string_view name, const std::function<void()>& work) override {
        fail();
        return inner_.alone(name, work);
    }

    std::atomic<bool> failing{false};
    std::atomic<int> failures{0};
    /// A row that no statement can deal with.
    std::atomic<std::int64_t> poisonous{0};
    std::function<void()> afterClaim;
    std::function<void()> afterPending;
    Signal finished; ///< once for each result

private:
    void fail() {
        if (!failing) return;
        ++failures;
        throw app::StorageUnavailable("the database is away");
    }
    void poison(base::JobId id) const {
        if (id.value == poisonous) throw app::StorageError("22021", "", "invalid byte sequence");
    }

    InMemoryJobStore inner_;
};

/// A clinic with one appointment, whose jobs the tests make; and what its handlers were asked to do.
class WorkerClinic {
public:
    explicit WorkerClinic(base::Instant now) {
        domain::Doctor doctor;
        doctor.name = "Dr. Sarah Johnson";
        domain::Patient patient;
        patient.name = "Ann Miller";
        const auto doctorId = database.addDoctor(doctor);
        const auto patientId = database.addPatient(patient);
        start = now + std::chrono::hours{48};
        database.transaction([&](InMemoryTables& tables) {
            appointment = {++tables.lastId};
            auto& row = tables.appointments[appointment].appointment;
            row.id = appointment;
            row.doctor = doctorId;
            row.patient = patientId;
            row.start = start;
            row.duration = base::Minutes{30};
        });
    }

    /// A row in the database alone.
    app::QueuedJob addRow(base::Instant runAt, domain::JobKind kind = domain::JobKind::EmailReminder) {
        return database.transaction([&](InMemoryTables& tables) {
            InMemoryTables::JobRow row;
            row.id = {++tables.lastId};
            row.kind = kind;
            row.appointment = appointment;
            row.runAt = runAt;
            row.notAfter = start;
            tables.jobs[row.id] = row;
            return app::QueuedJob{row.id, runAt};
        });
    }

    JobState state(base::JobId id) { return row(id).state; }
    InMemoryTables::JobRow row(base::JobId id) {
        return database.transaction([&](InMemoryTables& tables) { return tables.jobs.at(id); });
    }
    std::size_t count(JobState state) {
        return database.transaction([&](InMemoryTables& tables) {
            std::size_t found = 0;
            for (const auto& [id, job] : tables.jobs)
                found += job.state == state ? 1 : 0;
            return found;
        });
    }

    /// Counts what it is asked to do, waits while the gate is shut, and says Sent.
    worker::JobHandlers handlers() {
        const auto handler = [this](const app::ClaimedJob& job) {
            {
                const std::lock_guard lock(mutex_);
                ++handled_[job.id];
            }
            begun.raise();
            std::unique_lock lock(mutex_);
            gateOpened_.wait(lock, [this] { return !shut_; });
            app::JobResult result;
            result.outcome = app::JobOutcome::Sent;
            result.channel = "test";
            return result;
        };
        return {{domain::JobKind::EmailReminder, handler}, {domain::JobKind::SmsReminder, handler}};
    }

    void shutGate() {
        const std::lock_guard lock(mutex_);
        shut_ = true;
    }
    void openGate() {
        {
            const std::lock_guard lock(mutex_);
            shut_ = false;
        }
        gateOpened_.notify_all();
    }
    /// How often each job was handled.
    std::map<base::JobId, int> handled() {
        const std::lock_guard lock(mutex_);
        return handled_;
    }

    InMemoryDatabase database;
    FlakyJobStore store{database};
    InMemoryJobQueue queue;
    base::AppointmentId appointment;
    base::Instant start;
    Signal begun; ///< a handler was called

private:
    std::mutex mutex_;
    std::condition_variable gateOpened_;
    bool shut_ = false;
    std::map<base::JobId, int> handled_;
};

/// Declares a queue whole as it is.
inline void fill(app::JobQueue& queue, const std::vector<app::QueuedJob>& jobs = {}) {
    const auto token = queue.beginRebuild();
    queue.rebuildChunk(token, jobs);
    queue.finishRebuild(token);
}

} // namespace rota::testing
