#include "support/in_memory_appointment_store.hpp"

#include "support/in_memory_doctor_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <tuple>

namespace rota::testing {
namespace {

using Tables = InMemoryTables;

int clashes(const Tables& tables, base::DoctorId doctor, base::Interval wanted) {
    return static_cast<int>(
        std::count_if(tables.appointments.begin(), tables.appointments.end(), [&](const auto& entry) {
            const auto& standing = entry.second.appointment;
            return standing.doctor == doctor && standing.status != domain::AppointmentStatus::Cancelled &&
                   standing.span().overlaps(wanted);
        }));
}

std::string freedTime(const domain::Appointment& appointment) {
    return fmt::format(R"({{"doctor_id": {}, "start_ms": {}, "duration": {}, "type": "{}"}})", appointment.doctor.value,
                       base::toUnixMs(appointment.start), appointment.duration.count(),
                       domain::toString(appointment.type));
}

std::vector<app::QueuedJob> addJobs(Tables& tables, const domain::Appointment& appointment,
                                    std::span<const domain::PlannedJob> planned) {
    std::vector<app::QueuedJob> queued;
    for (const auto& plan : planned) {
        Tables::JobRow row;
        row.id = {++tables.lastId};
        row.kind = plan.kind;
        row.appointment = appointment.id;
        row.scheduleVersion = appointment.scheduleVersion;
        row.runAt = plan.runAt;
        row.notAfter = appointment.start;
        if (plan.kind == domain::JobKind::PromoteWaitlist) row.payload = freedTime(appointment);
        tables.jobs[row.id] = row;
        queued.push_back({row.id, row.runAt});
    }
    return queued;
}

class Calendar final : public app::BookingCalendar {
public:
    explicit Calendar(InMemoryDatabase& database) : database_(database) {}

    std::optional<app::BookingSnapshot> read(base::DoctorId doctor, base::PatientId patient, base::Date date,
                                             base::Interval dayUtc, base::Interval wanted) override {
        return database_.transaction([&](Tables& tables) -> std::optional<app::BookingSnapshot> {
            const auto row = tables.doctors.find(doctor);
            if (row == tables.doctors.end()) return std::nullopt;
            app::BookingSnapshot snapshot;
            snapshot.doctorActive = row->second.doctor.active;
            snapshot.patientExists = tables.patients.contains(patient);
            snapshot.calendarVersion = row->second.calendarVersion;
            snapshot.day = doctorDay(tables, doctor, date, dayUtc);
            snapshot.clashes = clashes(tables, doctor, wanted);
            return snapshot;
        });
    }

    app::BookingWrite write(const app::NewAppointment& wanted, std::span<const domain::PlannedJob> jobs,
                            std::int64_t calendarVersion, base::Instant) override {
        return database_.transaction([&](Tables& tables) -> app::BookingWrite {
            auto& doctor = tables.doctors.at(wanted.doctor);
            if (doctor.calendarVersion != calendarVersion) return app::CalendarStale{};
            ++doctor.calendarVersion;
            if (clashes(tables, wanted.doctor, {wanted.start, wanted.start + wanted.duration}) > 0)
                return app::Overlaps{};

            domain::Appointment appointment;
            appointment.id = {++tables.lastId};
            appointment.doctor = wanted.doctor;
            appointment.patient = wanted.patient;
            appointment.start = wanted.start;
            appointment.duration = wanted.duration;
            appointment.type = wanted.type;
            tables.appointments[appointment.id].appointment = appointment;
            return app::BookingMade{appointment.id, addJobs(tables, appointment, jobs)};
        });
    }

private:
    InMemoryDatabase& database_;
};

/// Voids what is pending; what is claimed already may still leave.
app::CancellationDone voidJobs(Tables& tables, base::AppointmentId appointment) {
    app::CancellationDone done;
    for (auto& [id, job] : tables.jobs) {
        if (job.appointment != appointment || job.kind == domain::JobKind::PromoteWaitlist) continue;
        if (job.pending()) {
            job.state = JobState::Cancelled;
            done.voidedJobs.push_back(id);
        } else if (job.state == JobState::Running) {
            job.cancelRequested = true;
            done.inFlight.push_back(id);
        }
    }
    return done;
}

app::AppointmentDetails detailsOf(const Tables& tables, const domain::Appointment& appointment) {
    const auto& doctor = tables.doctors.at(appointment.doctor).doctor;
    return {appointment, doctor.name, doctor.specialty, tables.patients.at(appointment.patient).name};
}

class LockedRow final : public app::LockedAppointment {
public:
    LockedRow(InMemoryDatabase& database, Tables& tables, domain::Appointment& appointment)
        : tables_(tables), appointment_(appointment), calendar_(database) {}

    const domain::Appointment& appointment() const override { return appointment_; }
    app::BookingCalendar& calendar() override { return calendar_; }

    app::CancellationDone move(base::Instant start, std::span<const domain::PlannedJob> freedJobs,
                               std::span<const domain::PlannedJob> jobs, base::Instant) override {
        auto added = addJobs(tables_, appointment_, freedJobs);
        auto done = voidJobs(tables_, appointment_.id);
        appointment_.start = start;
        ++appointment_.scheduleVersion;
        ++appointment_.calendarSequence;
        tables_.appointments.at(appointment_.id).reminderSentAt.clear();
        ++tables_.doctors.at(appointment_.doctor).calendarVersion;
        std::ranges::copy(addJobs(tables_, appointment_, jobs), std::back_inserter(added));
        done.newJobs = std::move(added);
        return done;
    }

    void conclude(domain::AppointmentStatus status) override { appointment_.status = status; }

private:
    Tables& tables_;
    domain::Appointment& appointment_;
    Calendar calendar_;
};

} // namespace

void InMemoryAppointmentStore::withCalendar(const std::function<void(app::BookingCalendar&)>& decide) {
    Calendar calendar{database_};
    decide(calendar);
}

void InMemoryAppointmentStore::withLockedCalendar(base::DoctorId,
                                                  const std::function<void(app::BookingCalendar&)>& decide) {
    database_.transaction([&](Tables&) {
        Calendar calendar{database_};
        decide(calendar);
    });
}

std::optional<app::AppointmentDetails> InMemoryAppointmentStore::find(base::AppointmentId id) {
    return database_.transaction([&](Tables& tables) -> std::optional<app::AppointmentDetails> {
        const auto row = tables.appointments.find(id);
        if (row == tables.appointments.end()) return std::nullopt;
        return detailsOf(tables, row->second.appointment);
    });
}

std::optional<app::AppointmentPage> InMemoryAppointmentStore::list(const app::AppointmentPageWanted& wanted,
                                                                   base::Instant now) {
    return database_.transaction([&](Tables& tables) -> std::optional<app::AppointmentPage> {
        if (!tables.patients.contains(wanted.patient)) return std::nullopt;
        std::vector<domain::Appointment> listed;
        for (const auto& [id, row] : tables.appointments)
            if (row.appointment.patient == wanted.patient &&
                (!wanted.category || domain::categoryOf(row.appointment, now) == *wanted.category))
                listed.push_back(row.appointment);
        std::ranges::sort(
            listed, [](const auto& a, const auto& b) { return std::tie(b.start, b.id) < std::tie(a.start, a.id); });
        app::AppointmentPage page;
        page.total = std::ssize(listed);
        const auto from = std::min(listed.size(), static_cast<std::size_t>((wanted.page - 1) * wanted.limit));
        const auto to = std::min(listed.size(), from + static_cast<std::size_t>(wanted.limit));
        for (auto i = from; i < to; ++i)
            page.appointments.push_back(detailsOf(tables, listed[i]));
        return page;
    });
}

bool InMemoryAppointmentStore::withLocked(base::AppointmentId id,
                                          const std::function<void(app::LockedAppointment&)>& change) {
    return database_.transaction([&](Tables& tables) {
        const auto row = tables.appointments.find(id);
        if (row == tables.appointments.end()) return false;
        LockedRow locked{database_, tables, row->second.appointment};
        change(locked);
        return true;
    });
}

std::optional<std::optional<app::CancellationDone>>
InMemoryAppointmentStore::cancel(base::AppointmentId id, const DecideCancellation& decide, base::Instant now) {
    using Answer = std::optional<std::optional<app::CancellationDone>>;
    return database_.transaction([&](Tables& tables) -> Answer {
        const auto found = tables.appointments.find(id);
        if (found == tables.appointments.end()) return std::nullopt;
        auto& row = found->second;
        const auto decision = decide(row.appointment);
        if (!decision.cancel) return Answer{std::in_place, std::nullopt};

        row.appointment.status = domain::AppointmentStatus::Cancelled;
        row.appointment.cancellationFeeApplied = decision.feeApplied;
        row.appointment.cancelledAt = now;
        ++row.appointment.calendarSequence;
        ++tables.doctors.at(row.appointment.doctor).calendarVersion;
        auto done = voidJobs(tables, id);
        done.newJobs = addJobs(tables, row.appointment, decision.newJobs);
        return Answer{std::in_place, std::move(done)};
    });
}

} // namespace rota::testing
