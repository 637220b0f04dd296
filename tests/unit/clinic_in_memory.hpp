#pragma once

#include "app/clinic.hpp"
#include "support/in_memory_appointment_store.hpp"
#include "support/in_memory_delivery_store.hpp"
#include "support/in_memory_doctor_store.hpp"
#include "support/in_memory_job_queue.hpp"
#include "support/in_memory_patient_store.hpp"
#include "support/manual_clock.hpp"
#include "support/standard_policy.hpp"

#include <gtest/gtest.h>

namespace rota::testing {

/// A clinic in New York on Tuesday, March 3, 2026, 8:00: a doctor who works Tuesdays 9:00 to 12:00, and two patients.
class ClinicInMemory : public ::testing::Test {
protected:
    ClinicInMemory() {
        domain::Doctor doctor;
        doctor.name = "Dr. Ada Quill";
        doctor_ = database_.addDoctor(doctor);
        database_.setHours(doctor_, 2, {{std::chrono::hours{9}, std::chrono::hours{12}}});
        domain::Patient patient;
        patient.name = "Ann Example";
        patient_ = database_.addPatient(patient);
        other_ = database_.addPatient(patient);
    }

    /// Of the Tuesday a week ahead.
    base::Instant at(int hour, int minute = 0) const {
        return *clinic_.zone.toUtc({kTuesday, std::chrono::hours{hour} + base::Minutes{minute}});
    }

    app::NewAppointment wanted(base::Instant start, int minutes = 30) const {
        return {doctor_, patient_, start, base::Minutes{minutes}, domain::VisitType::Standard};
    }

    std::vector<domain::PlannedJob> jobsOf(base::AppointmentId appointment) {
        return database_.transaction([&](InMemoryTables& tables) {
            std::vector<domain::PlannedJob> jobs;
            for (const auto& [id, job] : tables.jobs)
                if (job.appointment == appointment) jobs.push_back({job.kind, job.runAt});
            return jobs;
        });
    }

    static constexpr base::Date kTuesday{std::chrono::year{2026}, std::chrono::March, std::chrono::day{10}};

    app::Clinic clinic_;
    ManualClock clock_{at(8) - std::chrono::days{7} + std::chrono::hours{1}}; // the clocks go forward in between
    InMemoryDatabase database_;
    InMemoryAppointmentStore appointments_{database_};
    InMemoryDoctorStore doctors_{database_};
    InMemoryPatientStore patients_{database_};
    InMemoryDeliveryStore deliveries_{database_};
    InMemoryJobQueue queue_;
    OnePolicy policies_;
    base::DoctorId doctor_;
    base::PatientId patient_;
    base::PatientId other_;
};

} // namespace rota::testing
