#include "app/book_appointment.hpp"
#include "app/cancel_appointment.hpp"
#include "unit/clinic_in_memory.hpp"

namespace rota::app {
namespace {

using namespace std::chrono_literals;

class CancelAppointmentTest : public testing::ClinicInMemory {
protected:
    CancelAppointmentTest() {
        booked_ = BookAppointment{appointments_, policies_, queue_, clock_, clinic_}(wanted(at(9)))->id;
    }

    tl::expected<Cancelled, CancelRefused> cancel(base::AppointmentId id) {
        return CancelAppointment{
            appointments_, deliveries_, queue_, clock_, clinic_, [this](base::Milliseconds length) {
                waited_ += length;
                if (whileWaiting_) whileWaiting_();
            }}(id);
    }

    void putFirstJob(testing::JobState state) {
        database_.transaction([&](testing::InMemoryTables& tables) { tables.jobs.begin()->second.state = state; });
    }

    base::AppointmentId booked_;
    base::Milliseconds waited_{0};
    std::function<void()> whileWaiting_;
};

TEST_F(CancelAppointmentTest, EarlyCancellingIsFree) {
    clock_.set(at(9) - 24h);
    const auto cancelled = cancel(booked_);
    ASSERT_TRUE(cancelled);
    EXPECT_FALSE(cancelled->feeApplied);
    EXPECT_EQ(cancelled->feeCents, 0);
    const auto stored = appointments_.find(booked_)->appointment;
    EXPECT_EQ(stored.status, domain::AppointmentStatus::Cancelled);
    EXPECT_FALSE(stored.cancellationFeeApplied);
    const auto due = queue_.due();
    ASSERT_EQ(due.size(), 2u) << "the patient is to be told, and the time to be offered";
    EXPECT_EQ(due.begin()->second, clock_.now());
    const auto jobs = jobsOf(booked_);
    EXPECT_EQ(jobs.at(jobs.size() - 2), (domain::PlannedJob{domain::JobKind::CancellationNotice, clock_.now()}));
    EXPECT_EQ(jobs.back(), (domain::PlannedJob{domain::JobKind::PromoteWaitlist, clock_.now()}));
    database_.transaction([&](testing::InMemoryTables& tables) {
        EXPECT_EQ(tables.appointments.at(booked_).appointment.cancelledAt, clock_.now());
    });
}

TEST_F(CancelAppointmentTest, LateCancellingCostsTheFee) {
    clock_.set(at(9) - 24h + 1ms);
    clinic_.rules.feeCents = 7500;
    const auto cancelled = cancel(booked_);
    ASSERT_TRUE(cancelled);
    EXPECT_TRUE(cancelled->feeApplied);
    EXPECT_EQ(cancelled->feeCents, 7500);
    EXPECT_TRUE(appointments_.find(booked_)->appointment.cancellationFeeApplied);
}

TEST_F(CancelAppointmentTest, RefusesTheUnknownTheCancelledAndThePast) {
    EXPECT_TRUE(std::holds_alternative<AppointmentNotFound>(cancel({999}).error()));
    clock_.set(at(9) + 1ms);
    EXPECT_TRUE(std::holds_alternative<domain::CannotCancelPast>(cancel(booked_).error()));
    EXPECT_EQ(queue_.due().size(), 3u) << "a refusal changes nothing";
    clock_.set(at(9));
    EXPECT_TRUE(cancel(booked_));
    clock_.set(at(10));
    EXPECT_TRUE(std::holds_alternative<domain::AlreadyCancelled>(cancel(booked_).error()));
}

TEST_F(CancelAppointmentTest, TellsWhatMayStillArrive) {
    putFirstJob(testing::JobState::Running);
    EXPECT_EQ(cancel(booked_)->messagesInFlight, 1);
    EXPECT_EQ(waited_, 300ms);
}

TEST_F(CancelAppointmentTest, WithNothingUnderWayItWaitsForNothing) {
    EXPECT_EQ(cancel(booked_)->messagesInFlight, 0);
    EXPECT_EQ(waited_, 0ms);
}

TEST_F(CancelAppointmentTest, WaitsUntilItIsKnownWhatLeft) {
    putFirstJob(testing::JobState::Running);
    whileWaiting_ = [this] {
        if (waited_ == 60ms) putFirstJob(testing::JobState::Sent);
    };
    EXPECT_EQ(cancel(booked_)->messagesInFlight, 1);
    EXPECT_EQ(waited_, 60ms);
}

TEST_F(CancelAppointmentTest, WhatWasStoppedInTimeIsNotUnderWay) {
    putFirstJob(testing::JobState::Running);
    whileWaiting_ = [this] { putFirstJob(testing::JobState::Cancelled); };
    EXPECT_EQ(cancel(booked_)->messagesInFlight, 0);
    EXPECT_EQ(waited_, 20ms);
}

TEST_F(CancelAppointmentTest, TheTimeCanBeBookedAgain) {
    ASSERT_TRUE(cancel(booked_));
    auto wish = wanted(at(9));
    wish.patient = other_;
    EXPECT_TRUE((BookAppointment{appointments_, policies_, queue_, clock_, clinic_}(wish)));
}

TEST_F(CancelAppointmentTest, AQueueThatIsAwayFailsNoCancellation) {
    queue_.setFailing(true);
    EXPECT_TRUE(cancel(booked_));
    EXPECT_EQ(appointments_.find(booked_)->appointment.status, domain::AppointmentStatus::Cancelled);
}

} // namespace
} // namespace rota::app
