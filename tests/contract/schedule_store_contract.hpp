#pragma once

#include "contract/stores_under_test.hpp"

#include <stdexcept>
#include <vector>

namespace rota::testing {

/// What every ScheduleStore promises. Include once in a program and instantiate.
class ScheduleStoreContract : public StoresContract {
protected:
    using Week = std::vector<domain::WorkingHours>;
    using Hours = std::chrono::hours;

    bool change(const std::function<void(app::LockedDoctor&)>& work) {
        return stores_->schedules().change(doctor_, work);
    }
    std::int64_t version() { return snapshot(wanted(at(9)))->calendarVersion; }
};

TEST_P(ScheduleStoreContract, AWeekIsReadAsItWasWritten) {
    const Week week{{1, {Hours{8}, Hours{12}}}, {1, {Hours{13}, Hours{17}}}, {5, {Hours{20}, Hours{24}}}};
    EXPECT_TRUE(change([&](app::LockedDoctor& doctor) { doctor.setWeek(week); }));
    EXPECT_EQ(stores_->schedules().week(doctor_), week);
    EXPECT_TRUE(change([&](app::LockedDoctor& doctor) { doctor.setWeek({}); }));
    EXPECT_EQ(stores_->schedules().week(doctor_), Week{});
}

TEST_P(ScheduleStoreContract, ADoctorChangesInPlace) {
    change([&](app::LockedDoctor& doctor) {
        auto changed = doctor.doctor();
        changed.name = "Dr. Ada Other";
        changed.active = false;
        doctor.setDoctor(changed);
    });
    const auto found = stores_->doctors().find(doctor_);
    EXPECT_EQ(found->name, "Dr. Ada Other");
    EXPECT_EQ(found->bio, "Reads hearts.");
    EXPECT_FALSE(found->active);
}

TEST_P(ScheduleStoreContract, AnAddedDoctorIsFound) {
    domain::Doctor doctor;
    doctor.name = "Dr. Max New";
    doctor.specialty = "Dermatology";
    doctor.bio = "One, two.\n\"Three\".";
    const auto id = stores_->schedules().addDoctor(doctor, kNow);
    EXPECT_EQ(stores_->doctors().find(id)->bio, doctor.bio);
    EXPECT_EQ(stores_->schedules().week(id), Week{});
}

TEST_P(ScheduleStoreContract, OfNobodyThereIsNothing) {
    const base::DoctorId nobody{999'999};
    EXPECT_FALSE(stores_->schedules().week(nobody));
    EXPECT_FALSE(stores_->schedules().timeOff(nobody, kTuesday));
    EXPECT_FALSE(stores_->schedules().change(nobody, [](app::LockedDoctor&) { FAIL(); }));
}

TEST_P(ScheduleStoreContract, TimeOffIsListedFromADayOn) {
    const domain::DateRange days{kTuesday, base::addDays(kTuesday, 2)};
    base::TimeOffId id;
    change([&](app::LockedDoctor& doctor) { id = doctor.addTimeOff(days, "rest, \"quiet\""); });
    const auto all = stores_->schedules().timeOff(doctor_, days.last);
    ASSERT_EQ(all->size(), 1u);
    EXPECT_EQ(all->front().id, id);
    EXPECT_EQ(all->front().days, days);
    EXPECT_EQ(all->front().reason, "rest, \"quiet\"");
    EXPECT_TRUE(stores_->schedules().timeOff(doctor_, base::addDays(kTuesday, 3))->empty());
}

TEST_P(ScheduleStoreContract, TimeOffKeepsItsIdWhenAnotherOneGoes) {
    base::TimeOffId first;
    base::TimeOffId second;
    change([&](app::LockedDoctor& doctor) { first = doctor.addTimeOff({kTuesday, kTuesday}, ""); });
    change([&](app::LockedDoctor& doctor) { second = doctor.addTimeOff({kTuesday, kTuesday}, ""); });
    change([&](app::LockedDoctor& doctor) { EXPECT_TRUE(doctor.removeTimeOff(first)); });
    ASSERT_EQ(stores_->schedules().timeOff(doctor_, kTuesday)->size(), 1u);
    EXPECT_EQ(stores_->schedules().timeOff(doctor_, kTuesday)->front().id, second);
}

TEST_P(ScheduleStoreContract, WhatIsComingIsScheduledAndLiesAhead) {
    const auto early = book(wanted(at(9))).id;
    const auto late = book(wanted(at(11))).id;
    const auto gone = book(wanted(at(10))).id;
    stores_->appointments().cancel(gone, always(false), kNow);
    const auto coming = [&](base::Instant now) {
        std::vector<base::AppointmentId> ids;
        change([&](app::LockedDoctor& doctor) {
            for (const auto& visit : doctor.coming(now))
                ids.push_back(visit.id);
        });
        return ids;
    };
    EXPECT_EQ(coming(kNow), (std::vector{early, late}));
    EXPECT_EQ(coming(at(9)), std::vector{late}) << "what begins now does not come any more";
}

TEST_P(ScheduleStoreContract, EveryChangeRaisesTheCalendarAndAFailedOneDoesNot) {
    const auto before = version();
    base::TimeOffId id;
    change([&](app::LockedDoctor& doctor) { id = doctor.addTimeOff({kTuesday, kTuesday}, ""); });
    EXPECT_EQ(version(), before + 1);
    change([&](app::LockedDoctor& doctor) { EXPECT_TRUE(doctor.removeTimeOff(id)); });
    EXPECT_EQ(version(), before + 2);
    change([&](app::LockedDoctor& doctor) { EXPECT_FALSE(doctor.removeTimeOff(id)); });
    EXPECT_EQ(version(), before + 2);
    const auto week = stores_->schedules().week(doctor_);
    EXPECT_THROW(change([&](app::LockedDoctor& doctor) {
                     doctor.setWeek({});
                     throw std::runtime_error("no");
                 }),
                 std::runtime_error);
    EXPECT_EQ(version(), before + 2);
    EXPECT_EQ(stores_->schedules().week(doctor_), week);
}

} // namespace rota::testing
