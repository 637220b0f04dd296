#include "domain/availability.hpp"
#include "domain/booking_rules.hpp"
#include "support/example_times.hpp"

#include <gtest/gtest.h>

namespace rota::domain {
namespace {

using namespace std::chrono_literals;
using rota::testing::kTuesday;
using rota::testing::kZone;

const Instant kMidnight = kZone.day(kTuesday).begin;
const Instant kWeekBefore = kMidnight - 7 * 24h;
constexpr base::Milliseconds kTick{1};

template <class Reason, class Result>
bool refusedFor(const Result& result) {
    return !result && std::holds_alternative<Reason>(result.error());
}

TEST(CheckRequest, NewPatientsNeedAnHour) {
    const BookingRules rules;
    const auto check = [&](Minutes duration, VisitType type) {
        return checkRequest(rules, kWeekBefore, kWeekBefore + 24h, duration, type);
    };
    EXPECT_TRUE(refusedFor<NewPatientNeedsHour>(check(15min, VisitType::NewPatient)));
    EXPECT_TRUE(refusedFor<NewPatientNeedsHour>(check(30min, VisitType::NewPatient)));
    EXPECT_TRUE(check(60min, VisitType::NewPatient));
    EXPECT_TRUE(check(15min, VisitType::Standard));
    EXPECT_TRUE(check(60min, VisitType::FollowUp));
}

TEST(CheckRequest, NoticeAndHorizonIncludeTheirEdges) {
    const BookingRules rules;
    const auto check = [&](base::Milliseconds ahead) {
        return checkRequest(rules, kWeekBefore, kWeekBefore + ahead, 30min, VisitType::Standard);
    };
    EXPECT_TRUE(refusedFor<TooSoon>(check(2h - kTick)));
    EXPECT_TRUE(check(2h));
    EXPECT_TRUE(check(90 * 24h));
    EXPECT_TRUE(refusedFor<TooFarAhead>(check(90 * 24h + kTick)));
    EXPECT_TRUE(refusedFor<TooSoon>(check(-365 * 24h)));
    EXPECT_EQ(std::get<TooSoon>(check(1h).error()).minNotice, 2h);
    EXPECT_EQ(std::get<TooFarAhead>(check(100 * 24h).error()).maxAdvance, 90 * 24h);
}

TEST(CheckRequest, LimitsAreTheClinics) {
    BookingRules rules;
    rules.minNotice = 0h;
    rules.maxAdvance = 1h;
    EXPECT_TRUE(checkRequest(rules, kWeekBefore, kWeekBefore, 30min, VisitType::Standard));
    EXPECT_TRUE(
        refusedFor<TooFarAhead>(checkRequest(rules, kWeekBefore, kWeekBefore + 61min, 30min, VisitType::Standard)));
}

TEST(CheckRequest, TheTypeComesBeforeTheNotice) {
    EXPECT_TRUE(
        refusedFor<NewPatientNeedsHour>(checkRequest({}, kWeekBefore, kWeekBefore, 15min, VisitType::NewPatient)));
    EXPECT_TRUE(refusedFor<NewPatientNeedsHour>(
        checkRequest({}, kWeekBefore, kWeekBefore + 900 * 24h, 15min, VisitType::NewPatient)));
}

class CheckDay : public ::testing::Test {
protected:
    CheckDay() {
        day_.date = kTuesday;
        day_.hours = {{9h, 12h}, {13h, 17h}};
    }

    static Interval at(Minutes begin, Minutes duration) { return {kMidnight + begin, kMidnight + begin + duration}; }
    tl::expected<void, BookingRefused> check(Minutes begin, Minutes duration) const {
        return checkDay(day_, kZone, at(begin, duration));
    }

    DoctorDay day_;
};

TEST_F(CheckDay, AnAppointmentLiesInsideOneInterval) {
    EXPECT_TRUE(check(9h, 60min));
    EXPECT_TRUE(check(11h, 60min));
    EXPECT_TRUE(check(13h, 15min));
    EXPECT_TRUE(check(16h + 45min, 15min));
    EXPECT_TRUE(refusedFor<OutsideWorkingHours>(check(8h + 59min, 60min)));
    EXPECT_TRUE(refusedFor<OutsideWorkingHours>(check(11h + 30min, 60min)));
    EXPECT_TRUE(refusedFor<OutsideWorkingHours>(check(12h, 60min)));
    EXPECT_TRUE(refusedFor<OutsideWorkingHours>(check(16h + 46min, 15min)));
    EXPECT_TRUE(refusedFor<OutsideWorkingHours>(check(17h, 15min)));
    EXPECT_EQ(std::get<OutsideWorkingHours>(check(8h, 15min).error()).hours, day_.hours);
}

TEST_F(CheckDay, HoursThatTouchAreOne) {
    day_.hours = {{9h, 12h}, {12h, 17h}};
    EXPECT_TRUE(check(11h + 30min, 60min));
}

TEST_F(CheckDay, NoHoursComeBeforeTimeOffAndThatBeforeTheHours) {
    day_.timeOff = true;
    EXPECT_TRUE(refusedFor<ClosedDate>(check(8h, 30min)));
    EXPECT_EQ(std::get<ClosedDate>(check(9h, 30min).error()).date, kTuesday);
    day_.hours.clear();
    EXPECT_TRUE(refusedFor<ClosedWeekday>(check(9h, 30min)));
    EXPECT_EQ(std::get<ClosedWeekday>(check(9h, 30min).error()).date, kTuesday);
}

TEST_F(CheckDay, WhatOverlapsIsTaken) {
    day_.busy = {{at(10h, 30min), VisitType::Standard}};
    EXPECT_TRUE(check(9h + 30min, 30min));
    EXPECT_TRUE(check(10h + 30min, 30min));
    EXPECT_TRUE(refusedFor<SlotTaken>(check(10h, 30min)));
    EXPECT_TRUE(refusedFor<SlotTaken>(check(9h + 45min, 30min)));
    EXPECT_TRUE(refusedFor<SlotTaken>(check(9h + 30min, 60min)));
    EXPECT_TRUE(refusedFor<SlotTaken>(check(10h + 15min, 15min)));
    EXPECT_TRUE(refusedFor<OutsideWorkingHours>(check(8h + 45min, 60min))) << "the hours come first";
}

TEST_F(CheckDay, WhatReachesInFromOutsideTakesItsPart) {
    day_.hours = {{0h, 24h}};
    day_.busy = {{at(-30min, 60min), VisitType::Standard}};
    EXPECT_TRUE(refusedFor<SlotTaken>(check(15min, 15min)));
    EXPECT_TRUE(check(30min, 15min));
}

class CheckCancellation : public ::testing::Test {
protected:
    static Appointment in(base::Milliseconds ahead, AppointmentStatus status = AppointmentStatus::Scheduled) {
        Appointment appointment;
        appointment.start = kWeekBefore + ahead;
        appointment.duration = 30min;
        appointment.status = status;
        return appointment;
    }
    static tl::expected<Cancellable, CancellationRefused> check(const Appointment& appointment) {
        return checkCancellation({}, kWeekBefore, appointment);
    }
};

TEST_F(CheckCancellation, TheFeeIsDueInsideADay) {
    EXPECT_FALSE(check(in(48h))->feeApplies);
    EXPECT_FALSE(check(in(24h))->feeApplies) << "exactly a day before is early enough";
    EXPECT_TRUE(check(in(24h - kTick))->feeApplies);
    EXPECT_TRUE(check(in(1h))->feeApplies);
}

TEST_F(CheckCancellation, ThePastStays) {
    EXPECT_TRUE(check(in(0h))) << "it begins this moment";
    EXPECT_TRUE(refusedFor<CannotCancelPast>(check(in(-kTick))));
    EXPECT_TRUE(refusedFor<CannotCancelPast>(check(in(1h, AppointmentStatus::Completed))));
    EXPECT_TRUE(refusedFor<CannotCancelPast>(check(in(-1h, AppointmentStatus::NoShow))));
}

TEST_F(CheckCancellation, AlreadyCancelledComesBeforePast) {
    EXPECT_TRUE(refusedFor<AlreadyCancelled>(check(in(48h, AppointmentStatus::Cancelled))));
    EXPECT_TRUE(refusedFor<AlreadyCancelled>(check(in(-48h, AppointmentStatus::Cancelled))));
}

} // namespace
} // namespace rota::domain
