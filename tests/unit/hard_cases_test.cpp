#include "app/deliver_message.hpp"
#include "app/local_rate_limiter.hpp"
#include "support/example_times.hpp"
#include "support/in_memory_delivery_store.hpp"
#include "support/manual_clock.hpp"
#include "support/scripted_channel.hpp"
#include "support/worker_clinic.hpp"
#include "worker/runner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace rota::worker {
namespace {

using rota::testing::kNow;

using domain::JobKind;
using ::testing::IsEmpty;
using testing::JobState;
using ::testing::SizeIs;

/// Real texts and deliveries, a runner, and a row for each case: one that cannot be sent is nobody else's trouble.
TEST(HardCases, OneThatCannotBeSentIsShownAndTheOthersGoOut) {
    testing::ManualClock clock{kNow};
    testing::WorkerClinic clinic{kNow};
    const char* source = std::getenv("ROTA_SOURCE_DIR");
    std::vector<app::Templates::Problem> problems;
    const auto templates =
        app::Templates::load(std::filesystem::path(source ? source : ".") / "etc" / "templates", problems);
    ASSERT_THAT(problems, IsEmpty());

    // In the order of their ids: well, no phone, no address, no texts for the kind, well.
    const auto put = [&](JobKind kind, const std::string& email, const std::string& phone) {
        domain::Patient patient;
        patient.name = "Ann Miller";
        patient.email = email;
        patient.phone = phone;
        const auto id = clinic.database.addPatient(patient);
        return clinic.database.transaction([&](testing::InMemoryTables& tables) {
            const base::AppointmentId visit{++tables.lastId};
            auto& row = tables.appointments[visit].appointment;
            row = tables.appointments.at(clinic.appointment).appointment;
            row.id = visit;
            row.patient = id;
            testing::InMemoryTables::JobRow job;
            job.id = {++tables.lastId};
            job.kind = kind;
            job.appointment = visit;
            job.runAt = kNow;
            job.notAfter = clinic.start;
            tables.jobs[job.id] = job;
            return job.id;
        });
    };
    const auto first = put(JobKind::EmailReminder, "ann@example.org", "555-010-0101");
    const auto noPhone = put(JobKind::SmsReminder, "ann@example.org", "");
    const auto noAddress = put(JobKind::EmailReminder, "ann at example", "555-010-0101");
    const auto noText = put(JobKind::PromoteWaitlist, "ann@example.org", "555-010-0101");
    const auto last = put(JobKind::SmsReminder, "ann@example.org", "555-010-0101");

    testing::FixedChannels channels;
    const auto channel = std::make_shared<testing::ScriptedChannel>("main", clock);
    channels.email = channels.sms = {channel};
    const app::ChannelRulesByName rules;
    app::ChannelCircuit circuit;
    app::LocalRateLimiter pace;
    testing::InMemorySuppressionStore suppressions{clinic.database};
    const app::Clinic lakeside;
    const app::DeliverMessage deliver({channels, rules, circuit, pace, suppressions}, templates, clock, lakeside);
    const auto handler = [&](const app::ClaimedJob& job) { return deliver(job); };
    Runner runner(
        clinic.store, clinic.queue, clock,
        {{JobKind::EmailReminder, handler}, {JobKind::SmsReminder, handler}, {JobKind::PromoteWaitlist, handler}}, 1);
    runner.start();
    while (clinic.store.finished.count() < 5)
        runner.claimDue();
    runner.stop();

    for (const auto id : {first, last})
        EXPECT_EQ(clinic.state(id), JobState::Sent);
    for (const auto id : {noPhone, noAddress, noText})
        EXPECT_EQ(clinic.state(id), JobState::Failed);
    EXPECT_THAT(channel->messages, SizeIs(2));
}

} // namespace
} // namespace rota::worker
