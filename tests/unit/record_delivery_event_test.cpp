#include "app/ports/errors.hpp"
#include "app/record_delivery_event.hpp"
#include "support/example_times.hpp"
#include "support/in_memory_delivery_store.hpp"
#include "support/manual_clock.hpp"
#include "support/worker_clinic.hpp"

#include <gtest/gtest.h>

namespace rota::app {
namespace {

using namespace std::chrono_literals;
using rota::testing::kNow;
using testing::JobState;

class RecordDeliveryEventTest : public ::testing::Test {
protected:
    RecordDeliveryEventTest() {
        job_ = clinic_.addRow(kNow).id;
        put(JobState::Sent);
    }

    void put(JobState state) {
        clinic_.database.transaction([&](testing::InMemoryTables& tables) {
            tables.jobs.at(job_).state = state;
            tables.jobs.at(job_).channel = "main";
            tables.jobs.at(job_).providerMessageId = "provider-7";
        });
    }

    ProviderEvent event(ProviderEventType type, base::Milliseconds after = 0s) const {
        ProviderEvent made;
        made.type = type;
        made.occurred = kNow + after;
        made.eventId = "event-" + std::to_string(++lastEvent_);
        made.deliveryId = domain::deliveryIdOf(job_);
        made.recipient = "emma@example.com";
        return made;
    }

    void record(std::vector<ProviderEvent> events) {
        RecordDeliveryEvent{deliveries_, suppressions_, events_, clock_}("main", events);
    }

    std::optional<domain::SuppressionReason> suppressed(const std::string& address = "emma@example.com") {
        const auto found = suppressions_.find(address);
        return found ? std::optional(found->reason) : std::nullopt;
    }

    testing::ManualClock clock_{kNow};
    testing::WorkerClinic clinic_{kNow};
    testing::InMemoryDeliveryStore deliveries_{clinic_.database};
    testing::InMemorySuppressionStore suppressions_{clinic_.database};
    testing::InMemoryProviderEventStore events_{clinic_.database};
    base::JobId job_;
    mutable int lastEvent_ = 0;
};

TEST_F(RecordDeliveryEventTest, MovesTheMessageWhereItIs) {
    record({event(ProviderEventType::Accepted)});
    EXPECT_EQ(clinic_.state(job_), JobState::Sent);
    record({event(ProviderEventType::Delivered, 1s)});
    EXPECT_EQ(clinic_.state(job_), JobState::Delivered);
    record({event(ProviderEventType::Undelivered, 2s)});
    EXPECT_EQ(clinic_.state(job_), JobState::Undelivered);
    EXPECT_FALSE(suppressed()) << "a full mailbox may be empty tomorrow";
}

TEST_F(RecordDeliveryEventTest, ResolvesADoubt) {
    put(JobState::Unknown);
    record({event(ProviderEventType::Delivered)});
    EXPECT_EQ(clinic_.state(job_), JobState::Delivered);
}

TEST_F(RecordDeliveryEventTest, FindsTheMessageByTheProvidersIdWhereOursIsNotThere) {
    auto delivered = event(ProviderEventType::Delivered);
    delivered.deliveryId = "";
    delivered.providerMessageId = "provider-7";
    record({delivered});
    EXPECT_EQ(clinic_.state(job_), JobState::Delivered);
}

TEST_F(RecordDeliveryEventTest, AnEventThatComesTwiceIsTakenOnce) {
    const auto first = event(ProviderEventType::OptedOut);
    record({first});
    suppressions_.lift("emma@example.com", kNow + 1s, "main");
    // The same event, but as if it had happened only now.
    auto again = first;
    again.occurred = kNow + 2s;
    record({again});
    EXPECT_FALSE(suppressed());
}

TEST_F(RecordDeliveryEventTest, RemembersWhoWantsOrCanGetNoMessages) {
    auto bounced = event(ProviderEventType::Undelivered);
    bounced.providerCode = "5.1.1";
    record({bounced});
    EXPECT_EQ(suppressed(), domain::SuppressionReason::Bounced);

    auto stop = event(ProviderEventType::OptedOut);
    stop.recipient = "+15550100123";
    stop.deliveryId = "";
    record({stop});
    EXPECT_EQ(suppressed("+15550100123"), domain::SuppressionReason::OptedOut);
    auto start = event(ProviderEventType::OptedIn, 1s);
    start.recipient = "+15550100123";
    record({start});
    EXPECT_FALSE(suppressed("+15550100123"));
}

TEST_F(RecordDeliveryEventTest, APhoneThatIsSwitchedOffIsNotSuppressed) {
    auto undelivered = event(ProviderEventType::Undelivered);
    undelivered.recipient = "+15550100123";
    undelivered.providerCode = "550";
    record({undelivered});
    EXPECT_FALSE(suppressed("+15550100123"));
}

TEST_F(RecordDeliveryEventTest, WhoComplainsHasGotIt) {
    record({event(ProviderEventType::Complained)});
    EXPECT_EQ(clinic_.state(job_), JobState::Delivered);
    EXPECT_EQ(suppressed(), domain::SuppressionReason::Complained);
}

TEST_F(RecordDeliveryEventTest, WhatIsNobodysOrNonsenseHarmsNothing) {
    auto strange = event(ProviderEventType::OptedOut);
    strange.deliveryId = "rota-999999";
    strange.recipient = std::string("emma\0@example.com", 17);
    auto other = event(ProviderEventType::Delivered);
    other.deliveryId = "another program's";
    other.eventId = std::string(300, 'x') + '\0' + "\xff";
    other.providerMessageId = std::string("a\0b\xff", 4);
    other.recipient = "\xff@example.com";
    record({strange, other, ProviderEvent{}});
    EXPECT_EQ(clinic_.state(job_), JobState::Sent);
    EXPECT_FALSE(suppressed());
}

TEST_F(RecordDeliveryEventTest, ATimeThatCannotBeIsNow) {
    auto delivered = event(ProviderEventType::Delivered);
    delivered.occurred = kNow + 1000h;
    record({delivered});
    record({event(ProviderEventType::Undelivered, 1s)});
    EXPECT_EQ(clinic_.state(job_), JobState::Undelivered) << "else nothing could ever be later";
}

/// Fails as a database does, after the job was moved.
class FailingSuppressions final : public SuppressionStore {
public:
    explicit FailingSuppressions(SuppressionStore& inner) : inner_(inner) {}
    void suppress(const std::string& address, const Suppression& why) override {
        if (std::exchange(failing, false)) throw StorageUnavailable("away");
        inner_.suppress(address, why);
    }
    void lift(const std::string&, base::Instant, const std::string&) override {}
    std::vector<std::optional<Suppression>> find(std::span<const std::string> addresses) override {
        return inner_.find(addresses);
    }
    bool failing = true;

private:
    SuppressionStore& inner_;
};

TEST_F(RecordDeliveryEventTest, WhatFailedHalfwayIsDoneWhenItComesAgain) {
    FailingSuppressions failing{suppressions_};
    RecordDeliveryEvent recordIt{deliveries_, failing, events_, clock_};
    const std::vector<ProviderEvent> complaint{event(ProviderEventType::Complained)};
    EXPECT_THROW(recordIt("main", complaint), StorageUnavailable);
    recordIt("main", complaint);
    EXPECT_EQ(suppressed(), domain::SuppressionReason::Complained);
}

} // namespace
} // namespace rota::app
