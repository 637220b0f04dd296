#include "support/in_memory_appointment_store.hpp"

#include "support/in_memory_doctor_store.hpp"

#include <algorithm>

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
        if (job.appointment != appointment || !domain::requiresStanding(job.kind)) continue;
        if (job.pending()) {
            job.state = JobState::Cancelled;
            done.voidedJobs.push_back(id);
        } else if (job.state == JobState::Running) {
            job.cancelRequested = true;
            ++done.messagesInFlight;
        }
    }
    return done;
}

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
        const auto& appointment = row->second.appointment;
        const auto& doctor = tables.doctors.at(appointment.doctor).doctor;
        return app::AppointmentDetails{appointment, doctor.name, doctor.specialty,
                                       tables.patients.at(appointment.patient).name};
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
        row.cancelledAt = now;
        ++tables.doctors.at(row.appointment.doctor).calendarVersion;
        auto done = voidJobs(tables, id);
        done.newJobs = addJobs(tables, row.appointment, decision.newJobs);
        return Answer{std::in_place, std::move(done)};
    });
}

} // namespace rota::testing
