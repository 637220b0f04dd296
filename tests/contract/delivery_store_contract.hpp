#pragma once

#include "contract/stores_under_test.hpp"

#include <algorithm>
#include <vector>

namespace rota::testing {

/// What every DeliveryStore promises, with the JobStore beside it. Include once in a program and instantiate.
class DeliveryStoreContract : public StoresContract {
protected:
    DeliveryStoreContract() {
        const auto made = book(wanted(at(9)));
        appointment_ = made.id;
        auto queued = made.jobs;
        std::sort(queued.begin(), queued.end(), [](auto& a, auto& b) { return a.runAt < b.runAt; });
        email_ = queued.at(1).id;
        sms_ = queued.at(2).id;
    }

    app::ClaimedJob claimed() {
        const auto claim = stores_->jobs().claim(std::vector{email_}, kDue, kDue + kLease);
        EXPECT_EQ(claim.claimed.size(), 1u);
        return claim.claimed.at(0);
    }

    /// By the channel main, after `before` had been tried, where one is named.
    std::vector<app::QueuedJob> finish(const app::ClaimedJob& job, app::JobOutcome outcome, bool held = false,
                                       const std::string& before = {}) {
        app::JobResult result;
        if (!before.empty()) result.earlier.emplace_back().channel = before;
        result.id = job.id;
        result.leaseToken = job.leaseToken;
        result.attempt = job.attempt;
        result.outcome = outcome;
        result.startedAt = kDue;
        result.finishedAt = kDue;
        result.runAgainAt = kDue + std::chrono::seconds{5};
        result.channel = "main";
        result.providerMessageId = outcome == app::JobOutcome::Sent ? "provider-7" : "";
        result.held = held;
        return stores_->jobs().finish(std::vector{result});
    }

    std::string state() { return stores_->jobState(email_); }

    /// By our delivery id.
    bool report(domain::Reported what, int second = 0, const std::string& channel = "main") {
        return stores_->deliveries().report({channel, email_, "", {what, kDue + std::chrono::seconds{second}}}, kDue);
    }

    std::vector<app::Doubt> doubts(base::Instant now) {
        return stores_->deliveries().doubts(10, now, now + std::chrono::minutes{1});
    }

    /// The state of a message of which its provider told before the lease ran out, with no result.
    std::string afterItsProcessDied(domain::Reported what) {
        claimed();
        EXPECT_TRUE(report(what, 0, "backup"));
        EXPECT_EQ(state(), "running");
        const auto later = kDue + kLease + base::Milliseconds{1};
        stores_->jobs().expireLeases(later);
        EXPECT_TRUE(doubts(later + std::chrono::hours{1}).empty());
        return state();
    }

    app::Doubt theDoubt() {
        finish(claimed(), app::JobOutcome::Unknown);
        return doubts(kDue + std::chrono::minutes{1}).at(0);
    }

    static constexpr base::Milliseconds kLease = std::chrono::seconds{30};
    static inline const base::Instant kDue = at(9) - std::chrono::hours{24};

    base::AppointmentId appointment_;
    base::JobId email_;
    base::JobId sms_;
};

TEST_P(DeliveryStoreContract, AReportSaysWhatBecameOfASentMessage) {
    finish(claimed(), app::JobOutcome::Sent);
    EXPECT_TRUE(report(domain::Reported::Accepted));
    EXPECT_EQ(state(), "sent");
    EXPECT_TRUE(report(domain::Reported::Delivered));
    EXPECT_EQ(state(), "delivered");
    EXPECT_FALSE(stores_->deliveries().report({"main", base::JobId{999'999}, "", {}}, kDue));
}

TEST_P(DeliveryStoreContract, AMessageIsFoundByItsProvidersIdToo) {
    finish(claimed(), app::JobOutcome::Sent);
    const domain::DeliveryReport undelivered{domain::Reported::Undelivered, kDue};
    EXPECT_FALSE(stores_->deliveries().report({"other", {}, "provider-7", undelivered}, kDue)) << "another provider's";
    EXPECT_FALSE(stores_->deliveries().report({"main", {}, "provider-8", undelivered}, kDue));
    EXPECT_TRUE(stores_->deliveries().report({"main", {}, "provider-7", undelivered}, kDue));
    EXPECT_EQ(state(), "undelivered");
}

TEST_P(DeliveryStoreContract, TheOrderOfReportsDoesNotMatter) {
    using domain::Reported;
    std::vector<std::pair<Reported, int>> reports{
        {Reported::Accepted, 9}, {Reported::Delivered, 2}, {Reported::Undelivered, 2}, {Reported::Delivered, 1}};
    std::sort(reports.begin(), reports.end());
    const auto job = claimed();
    finish(job, app::JobOutcome::Sent);
    do {
        stores_->forgetReports(email_);
        for (const auto& [what, second] : reports)
            report(what, second);
        EXPECT_EQ(state(), "undelivered");
    } while (std::next_permutation(reports.begin(), reports.end()));
}

TEST_P(DeliveryStoreContract, AReportThatIsQuickerThanTheResultIsNotLost) {
    auto job = claimed();
    report(domain::Reported::Delivered);
    EXPECT_EQ(state(), "running");
    finish(job, app::JobOutcome::Sent);
    EXPECT_EQ(state(), "delivered");
    EXPECT_TRUE(stores_->reminderSentAt(appointment_, domain::JobKind::EmailReminder));
}

TEST_P(DeliveryStoreContract, WhatTheProviderHasIsNotSentAgain) {
    auto job = claimed();
    report(domain::Reported::Accepted);
    EXPECT_TRUE(finish(job, app::JobOutcome::Retry).empty());
    EXPECT_EQ(state(), "sent");
    EXPECT_TRUE(stores_->reminderSentAt(appointment_, domain::JobKind::EmailReminder));
}

TEST_P(DeliveryStoreContract, AReportResolvesADoubtAndEndsARetry) {
    finish(claimed(), app::JobOutcome::Unknown);
    EXPECT_EQ(stores_->deliveries().inDoubt(kDue).open, 1u);
    report(domain::Reported::Accepted);
    EXPECT_EQ(state(), "sent");
    EXPECT_EQ(stores_->reminderSentAt(appointment_, domain::JobKind::EmailReminder), kDue);
    EXPECT_EQ(stores_->deliveries().inDoubt(kDue).open, 0u);
    EXPECT_TRUE(doubts(kDue + std::chrono::hours{1}).empty());
}

TEST_P(DeliveryStoreContract, ARetryThatTurnsOutToBeDeliveredIsOver) {
    finish(claimed(), app::JobOutcome::Retry);
    report(domain::Reported::Undelivered);
    EXPECT_EQ(state(), "retry") << "that is why it is tried again";
    report(domain::Reported::Delivered, 1);
    EXPECT_EQ(state(), "delivered");
    EXPECT_EQ(stores_->jobs().claim(std::vector{email_}, kDue + kLease, kDue + 2 * kLease).gone.size(), 1u);
}

TEST_P(DeliveryStoreContract, AnotherChannelsFailureSaysNothingAboutTheOneThatSentIt) {
    finish(claimed(), app::JobOutcome::Sent, false, "first");
    EXPECT_EQ(stores_->deliveries(email_), 2);
    EXPECT_TRUE(report(domain::Reported::Undelivered, 1, "first"));
    EXPECT_EQ(state(), "sent");
    EXPECT_TRUE(report(domain::Reported::Delivered, 2, "first"));
    EXPECT_EQ(state(), "delivered") << "the patient has it";
}

TEST_P(DeliveryStoreContract, AChannelThatNeverHadTheMessageCannotTellOfIt) {
    EXPECT_FALSE(report(domain::Reported::Delivered)) << "it is not even due";
    EXPECT_EQ(state(), "scheduled");
    finish(claimed(), app::JobOutcome::Retry);
    EXPECT_FALSE(report(domain::Reported::Accepted, 0, "other"));
    EXPECT_EQ(state(), "retry") << "else nobody would send it any more";
    const auto again = stores_->jobs().claim(std::vector{email_}, kDue + kLease, kDue + 2 * kLease);
    finish(again.claimed.at(0), app::JobOutcome::Sent);
    for (const auto what : {domain::Reported::Undelivered, domain::Reported::Delivered})
        EXPECT_FALSE(report(what, 1, "other"));
    EXPECT_EQ(state(), "sent");
    EXPECT_TRUE(report(domain::Reported::Delivered));
    EXPECT_EQ(state(), "delivered");
}

TEST_P(DeliveryStoreContract, AnyChannelMayHaveHadWhatAProcessDiedOver) {
    claimed();
    stores_->jobs().expireLeases(kDue + kLease + base::Milliseconds{1});
    EXPECT_TRUE(report(domain::Reported::Delivered, 0, "backup"));
    EXPECT_EQ(state(), "delivered");
}

TEST_P(DeliveryStoreContract, ThatAMessageArrivedIsNotForgottenWithTheProcessThatSentIt) {
    EXPECT_EQ(afterItsProcessDied(domain::Reported::Delivered), "delivered");
    EXPECT_EQ(stores_->reminderSentAt(appointment_, domain::JobKind::EmailReminder), kDue);
}

TEST_P(DeliveryStoreContract, NorThatTheProviderHasIt) {
    EXPECT_EQ(afterItsProcessDied(domain::Reported::Accepted), "sent");
    EXPECT_EQ(stores_->reminderSentAt(appointment_, domain::JobKind::EmailReminder), kDue);
}

TEST_P(DeliveryStoreContract, NorThatItCouldNotBeDelivered) {
    EXPECT_EQ(afterItsProcessDied(domain::Reported::Undelivered), "undelivered");
    EXPECT_FALSE(stores_->reminderSentAt(appointment_, domain::JobKind::EmailReminder));
}

TEST_P(DeliveryStoreContract, WhatWasReportedOfAnEarlierAttemptSaysNothingOfALaterOne) {
    finish(claimed(), app::JobOutcome::Retry);
    EXPECT_TRUE(report(domain::Reported::Undelivered, 1));
    EXPECT_EQ(state(), "retry");
    const auto again = kDue + std::chrono::seconds{5};
    EXPECT_EQ(stores_->jobs().claim(std::vector{email_}, again, again + kLease).claimed.size(), 1u);
    stores_->jobs().expireLeases(again + kLease + base::Milliseconds{1});
    EXPECT_EQ(state(), "unknown");
    EXPECT_TRUE(report(domain::Reported::Undelivered, 1)) << "known, and of the earlier one";
    EXPECT_EQ(state(), "unknown");
    EXPECT_TRUE(report(domain::Reported::Delivered, 9));
    EXPECT_EQ(state(), "delivered");
}

TEST_P(DeliveryStoreContract, ADoubtIsLookedAtByOneAndComesAgain) {
    auto job = claimed();
    finish(job, app::JobOutcome::Unknown);
    EXPECT_TRUE(doubts(kDue).empty()) << "the provider needs a moment";
    const auto now = kDue + std::chrono::minutes{1};
    const auto found = doubts(now);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].id, email_);
    EXPECT_EQ(found[0].kind, domain::JobKind::EmailReminder);
    EXPECT_EQ(found[0].attempt, 1);
    EXPECT_EQ(found[0].looks, 1);
    EXPECT_EQ(found[0].channel, "main");
    EXPECT_EQ(found[0].since, kDue);
    EXPECT_EQ(found[0].notAfter, at(9));
    EXPECT_TRUE(doubts(now).empty());
    EXPECT_EQ(doubts(now + std::chrono::minutes{1}).at(0).looks, 2) << "who looked at it may have died";

    stores_->deliveries().lookAgain(found[0], now + std::chrono::hours{1});
    EXPECT_TRUE(doubts(now + std::chrono::minutes{59}).empty());
    EXPECT_EQ(doubts(now + std::chrono::hours{1}).size(), 1u);
    stores_->deliveries().lookAgain(found[0], std::nullopt);
    EXPECT_TRUE(doubts(now + std::chrono::hours{20}).empty());
    EXPECT_EQ(stores_->deliveries().inDoubt(kDue).givenUp, 1u);
    EXPECT_EQ(stores_->deliveries().inDoubt(at(9)).givenUp, 0u) << "nothing can be done any more";
    EXPECT_EQ(state(), "unknown");
}

TEST_P(DeliveryStoreContract, AnExpiredLeaseIsADoubtOfNoChannel) {
    claimed();
    const auto later = kDue + kLease + base::Milliseconds{1};
    stores_->jobs().expireLeases(later);
    const auto found = doubts(later);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].channel, "");
}

TEST_P(DeliveryStoreContract, ADoubtMaySendAgainByTheSameChannelOnly) {
    const auto again = stores_->deliveries().sendAgain(theDoubt(), kDue + std::chrono::minutes{2}, "main");
    ASSERT_TRUE(again);
    EXPECT_EQ(again->runAt, kDue + std::chrono::minutes{2});
    EXPECT_EQ(state(), "retry");
    const auto claim = stores_->jobs().claim(std::vector{email_}, again->runAt, again->runAt + kLease);
    ASSERT_EQ(claim.claimed.size(), 1u);
    EXPECT_EQ(claim.claimed[0].onlyChannel, "main");
    EXPECT_EQ(claim.claimed[0].attempt, 2);
}

TEST_P(DeliveryStoreContract, ADoubtThatHasBeenResolvedIsNotSentAgain) {
    const auto doubt = theDoubt();
    report(domain::Reported::Delivered);
    EXPECT_FALSE(stores_->deliveries().sendAgain(doubt, kDue + std::chrono::minutes{2}, ""));
    EXPECT_EQ(state(), "delivered");
}

TEST_P(DeliveryStoreContract, WhatWasCertainlyNotSentEndsWithItsAppointmentOrItsTime) {
    const auto doubt = theDoubt();
    EXPECT_FALSE(stores_->deliveries().sendAgain(doubt, at(9), "main"));
    EXPECT_EQ(state(), "unknown") << "it may have been sent";
    EXPECT_FALSE(stores_->deliveries().sendAgain(doubt, at(9), ""));
    EXPECT_EQ(state(), "expired");
}

TEST_P(DeliveryStoreContract, ADoubtOfACancelledAppointmentIsNotSentAgain) {
    const auto job = claimed();
    const auto cancelled = stores_->appointments().cancel(appointment_, always(false), kDue);
    EXPECT_EQ((*cancelled)->inFlight, std::vector{email_});
    EXPECT_EQ(stores_->deliveries().inFlight((*cancelled)->inFlight).running, 1u);
    finish(job, app::JobOutcome::Unknown);
    EXPECT_EQ(stores_->deliveries().inFlight((*cancelled)->inFlight).running, 0u);
    EXPECT_EQ(stores_->deliveries().inFlight((*cancelled)->inFlight).left, 1u);
    const auto doubt = doubts(kDue + std::chrono::minutes{1}).at(0);
    EXPECT_FALSE(stores_->deliveries().sendAgain(doubt, kDue + std::chrono::minutes{1}, "main"));
    EXPECT_EQ(state(), "unknown");
    EXPECT_FALSE(stores_->deliveries().sendAgain(doubt, kDue + std::chrono::minutes{1}, ""));
    EXPECT_EQ(state(), "cancelled");
    EXPECT_EQ(stores_->deliveries().inFlight((*cancelled)->inFlight).left, 0u);
}

TEST_P(DeliveryStoreContract, WhatWasHeldIsNoAttempt) {
    const auto again = finish(claimed(), app::JobOutcome::Retry, true);
    ASSERT_EQ(again.size(), 1u);
    const auto claim = stores_->jobs().claim(std::vector{email_}, again[0].runAt, again[0].runAt + kLease);
    EXPECT_EQ(claim.claimed.at(0).attempt, 1);
}

TEST_P(DeliveryStoreContract, ATurnIsRememberedUntilItIsUsed) {
    const auto job = claimed();
    app::JobResult result;
    result.id = job.id;
    result.leaseToken = job.leaseToken;
    result.attempt = job.attempt;
    result.outcome = app::JobOutcome::Retry;
    result.startedAt = result.finishedAt = kDue;
    result.runAgainAt = kDue + std::chrono::seconds{5};
    result.held = true;
    result.pacedFor = "main";
    stores_->jobs().finish(std::vector{result});
    EXPECT_EQ(stores_->deliveries(email_), 0) << "nobody tried";
    const auto again = stores_->jobs().claim(std::vector{email_}, result.runAgainAt, result.runAgainAt + kLease);
    EXPECT_EQ(again.claimed.at(0).pacedFor, "main");
    finish(again.claimed.at(0), app::JobOutcome::Retry);
    const auto last = stores_->jobs().claim(std::vector{email_}, kDue + kLease, kDue + 2 * kLease);
    EXPECT_EQ(last.claimed.at(0).pacedFor, "");
}

TEST_P(DeliveryStoreContract, AClaimTellsHowThePatientWantsToBeTold) {
    stores_->patients().change(patient_, {.email = {}, .sms = false, .language = domain::Language::Spanish});
    const auto preferences = claimed().preferences;
    EXPECT_EQ(preferences, (domain::Preferences{true, false, domain::Language::Spanish}));
}

/// What every SuppressionStore promises.
class SuppressionStoreContract : public StoresContract {
protected:
    static app::Suppression since(int second, domain::SuppressionReason reason = domain::SuppressionReason::OptedOut) {
        return {reason, kNow + std::chrono::seconds{second}, "main", "21610"};
    }
    app::SuppressionStore& store() { return stores_->suppressions(); }
};

TEST_P(SuppressionStoreContract, AnAddressIsSuppressedHoweverItIsWritten) {
    EXPECT_FALSE(store().find("zoe@example.org"));
    store().suppress("Zoe@Example.ORG", since(1, domain::SuppressionReason::Bounced));
    const auto found = store().find("zoe@example.org");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->reason, domain::SuppressionReason::Bounced);
    EXPECT_EQ(found->since, kNow + std::chrono::seconds{1});
    EXPECT_EQ(found->channel, "main");
    EXPECT_EQ(found->providerCode, "21610");
    EXPECT_FALSE(store().find("zoe@example.com"));

    store().suppress("+1 (555) 010-0199", since(1));
    EXPECT_TRUE(store().find("+15550100199"));
    EXPECT_FALSE(store().find("+15550100198"));
}

TEST_P(SuppressionStoreContract, ManyAreFoundAtOnceInTheirOrder) {
    store().suppress("zoe@example.org", since(1, domain::SuppressionReason::Bounced));
    store().suppress("+15550100199", since(2));
    const std::vector<std::string> addresses{"+15550100199", "ann@example.org", "zoe@example.org", "+15550100199"};
    const auto found = store().find(addresses);
    ASSERT_EQ(found.size(), 4u);
    EXPECT_EQ(found[0].value().since, kNow + std::chrono::seconds{2});
    EXPECT_FALSE(found[1]);
    EXPECT_EQ(found[2].value().reason, domain::SuppressionReason::Bounced);
    EXPECT_TRUE(found[3]);
    EXPECT_TRUE(store().find(std::span<const std::string>{}).empty());
}

TEST_P(SuppressionStoreContract, TheEarliestReasonIsTold) {
    store().suppress("zoe@example.org", since(5, domain::SuppressionReason::Complained));
    store().suppress("zoe@example.org", since(3, domain::SuppressionReason::Bounced));
    EXPECT_EQ(store().find("zoe@example.org")->reason, domain::SuppressionReason::Bounced);
}

TEST_P(SuppressionStoreContract, WhoWantsMessagesAgainGetsThem) {
    store().suppress("+15550100199", since(1));
    store().suppress("+15550100199", since(2, domain::SuppressionReason::Complained));
    store().lift("+15550100199", kNow + std::chrono::seconds{3}, "main");
    EXPECT_FALSE(store().find("+15550100199"));
    store().suppress("+15550100199", since(4));
    EXPECT_TRUE(store().find("+15550100199"));
}

TEST_P(SuppressionStoreContract, ThatAnAddressBouncedIsNotForItsOwnerToLift) {
    store().suppress("zoe@example.org", since(1, domain::SuppressionReason::Bounced));
    store().lift("zoe@example.org", kNow + std::chrono::seconds{3}, "main");
    EXPECT_TRUE(store().find("zoe@example.org"));
}

TEST_P(SuppressionStoreContract, TheOrderOfTheReportsDoesNotMatter) {
    store().lift("+15550100199", kNow + std::chrono::seconds{3}, "main");
    store().suppress("+15550100199", since(1));
    EXPECT_FALSE(store().find("+15550100199"));
    store().suppress("+15550100199", since(4));
    store().lift("+15550100199", kNow + std::chrono::seconds{2}, "main");
    EXPECT_TRUE(store().find("+15550100199"));
    store().suppress("+15550100199", since(1));
    EXPECT_EQ(store().find("+15550100199")->since, kNow + std::chrono::seconds{4});
}

/// What every ProviderEventStore promises.
class ProviderEventStoreContract : public StoresContract {};

TEST_P(ProviderEventStoreContract, AnEventIsRememberedForSomeDays) {
    auto& store = stores_->providerEvents();
    EXPECT_FALSE(store.seen("main", "event-1", kNow));
    EXPECT_TRUE(store.remember("main", "event-1", kNow));
    EXPECT_FALSE(store.remember("main", "event-1", kNow));
    EXPECT_TRUE(store.seen("main", "event-1", kNow));
    EXPECT_FALSE(store.seen("other", "event-1", kNow));
    EXPECT_FALSE(store.seen("main", "event-2", kNow));
    EXPECT_TRUE(store.seen("main", "event-1", kNow + std::chrono::days{6}));
    EXPECT_FALSE(store.seen("main", "event-1", kNow + std::chrono::days{7}));
    EXPECT_TRUE(store.remember("main", "event-1", kNow + std::chrono::days{7}));
}

} // namespace rota::testing
