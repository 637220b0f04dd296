#pragma once

#include "contract/stores_under_test.hpp"
#include "postgres/appointment_store.hpp"
#include "postgres/delivery_store.hpp"
#include "postgres/doctor_store.hpp"
#include "postgres/job_store.hpp"
#include "postgres/patient_store.hpp"
#include "postgres/provider_event_store.hpp"
#include "postgres/reply_store.hpp"
#include "postgres/schedule_store.hpp"
#include "postgres/suppression_store.hpp"
#include "postgres/waitlist_store.hpp"
#include "support/test_database.hpp"

namespace rota::testing {

/// The real stores on a database of their own.
class PostgresStores final : public StoresUnderTest {
public:
    explicit PostgresStores(std::size_t minConnections = 1)
        : pool(database.settings(), {.min = minConnections, .max = 50}) {}

    app::AppointmentStore& appointments() override { return appointments_; }
    app::DoctorStore& doctors() override { return doctors_; }
    app::PatientStore& patients() override { return patients_; }
    app::JobStore& jobs() override { return jobs_; }
    app::WaitlistStore& waitlist() override { return waitlist_; }
    app::DeliveryStore& deliveries() override { return deliveries_; }
    app::SuppressionStore& suppressions() override { return suppressions_; }
    app::ProviderEventStore& providerEvents() override { return providerEvents_; }
    app::ReplyStore& replies() override { return replies_; }
    app::ScheduleStore& schedules() override { return schedules_; }

    base::DoctorId addDoctor(const domain::Doctor& doctor) override;
    void setHours(base::DoctorId doctor, unsigned dayOfWeek, const std::vector<domain::HoursRange>& hours) override;
    void addTimeOff(base::DoctorId doctor, base::Date first, base::Date last) override;
    std::string jobState(base::JobId job) override;
    base::Instant jobFinishedAt(base::JobId job) override;
    int deliveries(base::JobId job) override;
    void forgetReports(base::JobId job) override;
    std::optional<base::Instant> reminderSentAt(base::AppointmentId appointment, domain::JobKind kind) override;

    TestDatabase database;
    postgres::Pool pool;

private:
    /// Runs `change` as every change of a calendar must be made: the doctor's row locked first, the version raised.
    void changeCalendar(base::DoctorId doctor, const std::function<void(postgres::Connection&)>& change);

    postgres::PostgresAppointmentStore appointments_{pool};
    postgres::PostgresDoctorStore doctors_{pool};
    postgres::PostgresPatientStore patients_{pool};
    postgres::PostgresJobStore jobs_{pool};
    postgres::PostgresWaitlistStore waitlist_{pool};
    postgres::PostgresDeliveryStore deliveries_{pool};
    postgres::PostgresSuppressionStore suppressions_{pool};
    postgres::PostgresProviderEventStore providerEvents_{pool};
    postgres::PostgresReplyStore replies_{pool};
    postgres::PostgresScheduleStore schedules_{pool};
};

} // namespace rota::testing
