#include "contract/appointment_store_contract.hpp"
#include "contract/delivery_store_contract.hpp"
#include "contract/doctor_store_contract.hpp"
#include "contract/job_store_contract.hpp"
#include "contract/patient_store_contract.hpp"
#include "contract/portal_contract.hpp"
#include "contract/reply_store_contract.hpp"
#include "contract/schedule_store_contract.hpp"
#include "contract/waitlist_store_contract.hpp"
#include "support/in_memory_appointment_store.hpp"
#include "support/in_memory_delivery_store.hpp"
#include "support/in_memory_doctor_store.hpp"
#include "support/in_memory_job_store.hpp"
#include "support/in_memory_patient_store.hpp"
#include "support/in_memory_reply_store.hpp"
#include "support/in_memory_schedule_store.hpp"
#include "support/in_memory_waitlist_store.hpp"

namespace rota::testing {
namespace {

class InMemoryStores final : public StoresUnderTest {
public:
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

    base::DoctorId addDoctor(const domain::Doctor& doctor) override { return database_.addDoctor(doctor); }
    void setHours(base::DoctorId doctor, unsigned dayOfWeek, const std::vector<domain::HoursRange>& hours) override {
        database_.setHours(doctor, dayOfWeek, hours);
    }
    void addTimeOff(base::DoctorId doctor, base::Date first, base::Date last) override {
        database_.addTimeOff(doctor, first, last);
    }

    std::string jobState(base::JobId job) override {
        return database_.transaction([&](InMemoryTables& tables) { return toString(tables.jobs.at(job).state); });
    }
    base::Instant jobFinishedAt(base::JobId job) override {
        return database_.transaction([&](InMemoryTables& tables) { return tables.jobs.at(job).finishedAt; });
    }
    int deliveries(base::JobId job) override {
        return database_.transaction(
            [&](InMemoryTables& tables) { return static_cast<int>(tables.jobs.at(job).deliveries.size()); });
    }
    void forgetReports(base::JobId job) override {
        database_.transaction([&](InMemoryTables& tables) {
            tables.jobs.at(job).reported.reset();
            tables.jobs.at(job).state = JobState::Sent;
        });
    }
    std::optional<base::Instant> reminderSentAt(base::AppointmentId appointment, domain::JobKind kind) override {
        return database_.transaction([&](InMemoryTables& tables) -> std::optional<base::Instant> {
            const auto& sent = tables.appointments.at(appointment).reminderSentAt;
            const auto found = sent.find(kind);
            return found == sent.end() ? std::nullopt : std::optional{found->second};
        });
    }

private:
    InMemoryDatabase database_;
    InMemoryAppointmentStore appointments_{database_};
    InMemoryDoctorStore doctors_{database_};
    InMemoryPatientStore patients_{database_};
    InMemoryJobStore jobs_{database_};
    InMemoryWaitlistStore waitlist_{database_};
    InMemoryDeliveryStore deliveries_{database_};
    InMemorySuppressionStore suppressions_{database_};
    InMemoryProviderEventStore providerEvents_{database_};
    InMemoryReplyStore replies_{database_};
    InMemoryScheduleStore schedules_{database_};
};

const StoresFactory kInMemoryStores{"InMemory", [] { return std::make_unique<InMemoryStores>(); }};

INSTANTIATE_TEST_SUITE_P(Fake, AppointmentStoreContract, ::testing::Values(kInMemoryStores), storesName);
INSTANTIATE_TEST_SUITE_P(Fake, DoctorStoreContract, ::testing::Values(kInMemoryStores), storesName);
INSTANTIATE_TEST_SUITE_P(Fake, PatientStoreContract, ::testing::Values(kInMemoryStores), storesName);
INSTANTIATE_TEST_SUITE_P(Fake, PortalContract, ::testing::Values(kInMemoryStores), storesName);
INSTANTIATE_TEST_SUITE_P(Fake, WaitlistStoreContract, ::testing::Values(kInMemoryStores), storesName);
INSTANTIATE_TEST_SUITE_P(Fake, DeliveryStoreContract, ::testing::Values(kInMemoryStores), storesName);
INSTANTIATE_TEST_SUITE_P(Fake, SuppressionStoreContract, ::testing::Values(kInMemoryStores), storesName);
INSTANTIATE_TEST_SUITE_P(Fake, ProviderEventStoreContract, ::testing::Values(kInMemoryStores), storesName);
INSTANTIATE_TEST_SUITE_P(Fake, ReplyStoreContract, ::testing::Values(kInMemoryStores), storesName);
INSTANTIATE_TEST_SUITE_P(Fake, ScheduleStoreContract, ::testing::Values(kInMemoryStores), storesName);
INSTANTIATE_TEST_SUITE_P(Fake, JobStoreContract, ::testing::Values(kInMemoryStores), storesName);

} // namespace
} // namespace rota::testing
