#include "support/in_memory_database.hpp"

namespace rota::testing {

std::string toString(JobState state) {
    switch (state) {
    case JobState::Scheduled: return "scheduled";
    case JobState::Running: return "running";
    case JobState::Retry: return "retry";
    case JobState::Sent: return "sent";
    case JobState::Delivered: return "delivered";
    case JobState::Undelivered: return "undelivered";
    case JobState::Done: return "done";
    case JobState::Failed: return "failed";
    case JobState::Suppressed: return "suppressed";
    case JobState::Unknown: return "unknown";
    case JobState::Cancelled: return "cancelled";
    case JobState::Expired: return "expired";
    }
    return "";
}

base::DoctorId InMemoryDatabase::addDoctor(domain::Doctor doctor) {
    return transaction([&](InMemoryTables& tables) {
        doctor.id = {++tables.lastId};
        tables.doctors[doctor.id].doctor = doctor;
        return doctor.id;
    });
}

base::PatientId InMemoryDatabase::addPatient(domain::Patient patient) {
    return transaction([&](InMemoryTables& tables) {
        patient.id = {++tables.lastId};
        tables.patients[patient.id] = patient;
        return patient.id;
    });
}

void InMemoryDatabase::setHours(base::DoctorId doctor, unsigned dayOfWeek, std::vector<domain::HoursRange> hours) {
    transaction([&](InMemoryTables& tables) {
        auto& row = tables.doctors.at(doctor);
        row.hours[dayOfWeek] = std::move(hours);
        ++row.calendarVersion;
    });
}

void InMemoryDatabase::addTimeOff(base::DoctorId doctor, base::Date first, base::Date last) {
    transaction([&](InMemoryTables& tables) {
        auto& row = tables.doctors.at(doctor);
        row.timeOff.push_back({{++tables.lastId}, {first, last}, ""});
        ++row.calendarVersion;
    });
}

} // namespace rota::testing
