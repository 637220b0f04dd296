#pragma once

#include "contract/stores_under_test.hpp"

#include <algorithm>
#include <limits>

namespace rota::testing {

/// What every DoctorStore promises. Include once in a program and instantiate.
class DoctorStoreContract : public StoresContract {
protected:
    std::optional<domain::DoctorDay> day(base::Date date) {
        return stores_->doctors().day(doctor_, date, kZone.day(date));
    }
};

TEST_P(DoctorStoreContract, FindsWhatWasAdded) {
    const auto doctor = stores_->doctors().find(doctor_);
    ASSERT_TRUE(doctor);
    EXPECT_EQ(doctor->id, doctor_);
    EXPECT_EQ(doctor->name, "Dr. Ada Quill");
    EXPECT_EQ(doctor->specialty, "Cardiology");
    EXPECT_EQ(doctor->bio, "Reads hearts.");
    EXPECT_EQ(doctor->photoUrl, "/photos/quill.svg");
    EXPECT_EQ(doctor->yearsOfExperience, 12);
    EXPECT_TRUE(doctor->active);
}

TEST_P(DoctorStoreContract, UnknownDoctorIsNone) {
    EXPECT_FALSE(stores_->doctors().find({999'999}));
    EXPECT_FALSE(stores_->doctors().day({999'999}, kTuesday, kDay));
    EXPECT_FALSE(stores_->doctors().find({std::numeric_limits<std::int64_t>::max()}));
    EXPECT_FALSE(stores_->doctors().find({-1}));
}

TEST_P(DoctorStoreContract, ListsTheActiveOnesById) {
    domain::Doctor retired;
    retired.name = "Dr. Old Timer";
    retired.specialty = "General Practice";
    retired.active = false;
    const auto gone = stores_->addDoctor(retired);
    domain::Doctor second;
    second.name = "Dr. Second One";
    second.specialty = "Pediatrics";
    const auto secondId = stores_->addDoctor(second);

    const auto doctors = stores_->doctors().list();
    ASSERT_EQ(doctors.size(), 2u);
    EXPECT_EQ(doctors[0].id, doctor_);
    EXPECT_EQ(doctors[1].id, secondId);
    EXPECT_FALSE(stores_->doctors().day(gone, kTuesday, kDay)) << "an inactive doctor has no day";
}

TEST_P(DoctorStoreContract, DayHasItsHoursSorted) {
    const auto tuesday = day(kTuesday);
    ASSERT_TRUE(tuesday);
    EXPECT_EQ(tuesday->date, kTuesday);
    EXPECT_EQ(tuesday->hours, (std::vector<domain::HoursRange>{kMorning, kAfternoon}));
    EXPECT_FALSE(tuesday->timeOff);
    EXPECT_TRUE(tuesday->busy.empty());

    const auto wednesday = day(base::addDays(kTuesday, 1));
    ASSERT_TRUE(wednesday);
    EXPECT_TRUE(wednesday->hours.empty());
}

TEST_P(DoctorStoreContract, HoursMayEndAtMidnight) {
    stores_->setHours(doctor_, 2, {{std::chrono::hours{20}, std::chrono::hours{24}}});
    EXPECT_EQ(day(kTuesday)->hours,
              (std::vector<domain::HoursRange>{{std::chrono::hours{20}, std::chrono::hours{24}}}));
}

TEST_P(DoctorStoreContract, TimeOffIncludesItsFirstAndLastDay) {
    stores_->addTimeOff(doctor_, kTuesday, base::addDays(kTuesday, 7));
    EXPECT_FALSE(day(base::addDays(kTuesday, -1))->timeOff);
    EXPECT_TRUE(day(kTuesday)->timeOff);
    EXPECT_TRUE(day(base::addDays(kTuesday, 3))->timeOff);
    EXPECT_TRUE(day(base::addDays(kTuesday, 7))->timeOff);
    EXPECT_FALSE(day(base::addDays(kTuesday, 8))->timeOff);
}

TEST_P(DoctorStoreContract, StandingAppointmentsAreBusyAndCancelledOnesAreNot) {
    book(wanted(at(9), 60));
    const auto cancelled = book(wanted(at(14)));
    stores_->appointments().cancel(cancelled.id, always(false), kNow);

    const auto busy = day(kTuesday)->busy;
    ASSERT_EQ(busy.size(), 1u);
    EXPECT_EQ(busy[0].span, (base::Interval{at(9), at(10)}));
    EXPECT_EQ(busy[0].type, domain::VisitType::Standard);
}

TEST_P(DoctorStoreContract, WhatReachesInFromTheDayBeforeIsBusy) {
    book(wanted(kDay.begin - base::Minutes{30}, 60));
    book(wanted(kDay.begin - base::Minutes{120}, 60));
    book(wanted(kDay.end, 15));
    const auto busy = day(kTuesday)->busy;
    // One that ends before the day may be told too; it takes nothing of it. What reaches in must be there.
    const auto reaching = std::count_if(busy.begin(), busy.end(),
                                        [](const domain::BusySpan& taken) { return taken.span.overlaps(kDay); });
    EXPECT_EQ(reaching, 1);
}

TEST_P(DoctorStoreContract, CalendarsTellWhatTheDaysTell) {
    stores_->setHours(doctor_, 4, {kAfternoon});
    stores_->addTimeOff(doctor_, base::addDays(kTuesday, 2), base::addDays(kTuesday, 3));
    book(wanted(kDay.begin - base::Minutes{30}, 60));
    book(wanted(at(9), 60));
    book(wanted(at(14), 30));
    const domain::DateRange range{kTuesday, base::addDays(kTuesday, 8)};
    const base::Interval rangeUtc{kDay.begin, kZone.day(range.last).end};
    const std::vector ids{doctor_};
    const auto calendars = stores_->doctors().calendars(ids, range, rangeUtc);
    ASSERT_EQ(calendars.size(), 1u);
    for (auto date = range.first; date <= range.last; date = base::addDays(date, 1)) {
        const auto alone = day(date);
        const auto fromMany = calendars.at(doctor_).day(date, kZone.day(date));
        ASSERT_TRUE(alone);
        EXPECT_EQ(fromMany.date, alone->date);
        EXPECT_EQ(fromMany.hours, alone->hours);
        EXPECT_EQ(fromMany.timeOff, alone->timeOff);
        ASSERT_EQ(fromMany.busy.size(), alone->busy.size()) << base::formatDate(date);
        for (std::size_t i = 0; i < alone->busy.size(); ++i)
            EXPECT_EQ(fromMany.busy[i].span, alone->busy[i].span);
    }
}

TEST_P(DoctorStoreContract, CalendarsLeaveOutUnknownAndInactiveDoctors) {
    domain::Doctor retired;
    retired.name = "Dr. Old Timer";
    retired.specialty = "General Practice";
    retired.active = false;
    const std::vector<base::DoctorId> ids{stores_->addDoctor(retired), {999'999}, doctor_};
    const auto calendars = stores_->doctors().calendars(ids, {kTuesday, kTuesday}, kDay);
    ASSERT_EQ(calendars.size(), 1u);
    EXPECT_TRUE(calendars.contains(doctor_));
    EXPECT_TRUE(stores_->doctors().calendars({}, {kTuesday, kTuesday}, kDay).empty());
}

} // namespace rota::testing
