#include "contract/appointment_store_contract.hpp"
#include "contract/delivery_store_contract.hpp"
#include "contract/doctor_store_contract.hpp"
#include "contract/job_store_contract.hpp"
#include "contract/patient_store_contract.hpp"
#include "contract/portal_contract.hpp"
#include "contract/reply_store_contract.hpp"
#include "contract/schedule_store_contract.hpp"
#include "contract/waitlist_store_contract.hpp"
#include "postgres_stores.hpp"

namespace rota::testing {
namespace {

const StoresFactory kPostgres{"Postgres", [] { return std::make_unique<PostgresStores>(); }};

INSTANTIATE_TEST_SUITE_P(Real, AppointmentStoreContract, ::testing::Values(kPostgres), storesName);
INSTANTIATE_TEST_SUITE_P(Real, DoctorStoreContract, ::testing::Values(kPostgres), storesName);
INSTANTIATE_TEST_SUITE_P(Real, PatientStoreContract, ::testing::Values(kPostgres), storesName);
INSTANTIATE_TEST_SUITE_P(Real, PortalContract, ::testing::Values(kPostgres), storesName);
INSTANTIATE_TEST_SUITE_P(Real, WaitlistStoreContract, ::testing::Values(kPostgres), storesName);
INSTANTIATE_TEST_SUITE_P(Real, DeliveryStoreContract, ::testing::Values(kPostgres), storesName);
INSTANTIATE_TEST_SUITE_P(Real, SuppressionStoreContract, ::testing::Values(kPostgres), storesName);
INSTANTIATE_TEST_SUITE_P(Real, ProviderEventStoreContract, ::testing::Values(kPostgres), storesName);
INSTANTIATE_TEST_SUITE_P(Real, ReplyStoreContract, ::testing::Values(kPostgres), storesName);
INSTANTIATE_TEST_SUITE_P(Real, ScheduleStoreContract, ::testing::Values(kPostgres), storesName);
INSTANTIATE_TEST_SUITE_P(Real, JobStoreContract, ::testing::Values(kPostgres), storesName);

} // namespace
} // namespace rota::testing
