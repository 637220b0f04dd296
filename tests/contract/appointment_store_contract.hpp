#pragma once

#include "contract/stores_under_test.hpp"

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <thread>

namespace rota::testing {

/// What every AppointmentStore promises. Include once in a program and instantiate.
class AppointmentStoreContract : public StoresContract {};

TEST_P(AppointmentStoreContract, SnapshotShowsTheDay) {
    book(wanted(at(9), 60));
    stores_->addTimeOff(doctor_, kTuesday, kTuesday);
    const auto seen = snapshot(wanted(at(9, 30)));
    ASSERT_TRUE(seen);
    EXPECT_TRUE(seen->doctorActive);
    EXPECT_TRUE(seen->patientExists);
    EXPECT_EQ(seen->day.date, kTuesday);
    EXPECT_EQ(seen->day.hours, (std::vector<domain::HoursRange>{kMorning, kAfternoon}));
    EXPECT_TRUE(seen->day.timeOff);
    ASSERT_EQ(seen->day.busy.size(), 1u);
    EXPECT_EQ(seen->day.busy[0].span, (base::Interval{at(9), at(10)}));
    EXPECT_EQ(seen->clashes, 1);
}

TEST_P(AppointmentStoreContract, SnapshotOfTheUnknown) {
    auto appointment = wanted(at(9));
    appointment.patient = {999'999};
    ASSERT_TRUE(snapshot(appointment));
    EXPECT_FALSE(snapshot(appointment)->patientExists);
    appointment.doctor = {999'999};
    EXPECT_FALSE(snapshot(appointment));

    domain::Doctor retired;
    retired.name = "Dr. Old Timer";
    retired.specialty = "General Practice";
    retired.active = false;
    appointment.doctor = stores_->addDoctor(retired);
    const auto seen = snapshot(appointment);
    EXPECT_FALSE(seen && seen->doctorActive);
}

TEST_P(AppointmentStoreContract, OnlyOverlapsClash) {
    book(wanted(at(10), 30));
    EXPECT_EQ(snapshot(wanted(at(9, 30), 30))->clashes, 0) << "ends where the other begins";
    EXPECT_EQ(snapshot(wanted(at(10, 30), 30))->clashes, 0) << "begins where the other ends";
    EXPECT_EQ(snapshot(wanted(at(9, 30), 60))->clashes, 1);
    EXPECT_EQ(snapshot(wanted(at(10, 15), 15))->clashes, 1);
    EXPECT_EQ(snapshot(wanted(at(10, 15), 60))->clashes, 1);
}

TEST_P(AppointmentStoreContract, WritesAppointmentAndJobsTogether) {
    const auto appointment = wanted(at(9), 60);
    const auto made = book(appointment);
    const auto stored = stores_->appointments().find(made.id);
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->appointment.id, made.id);
    EXPECT_EQ(stored->appointment.doctor, doctor_);
    EXPECT_EQ(stored->appointment.patient, patient_);
    EXPECT_EQ(stored->appointment.start, at(9));
    EXPECT_EQ(stored->appointment.duration, base::Minutes{60});
    EXPECT_EQ(stored->appointment.type, domain::VisitType::Standard);
    EXPECT_EQ(stored->appointment.status, domain::AppointmentStatus::Scheduled);
    EXPECT_FALSE(stored->appointment.cancellationFeeApplied);
    EXPECT_EQ(stored->appointment.scheduleVersion, 1);
    EXPECT_EQ(stored->doctorName, "Dr. Ada Quill");
    EXPECT_EQ(stored->specialty, "Cardiology");
    EXPECT_EQ(stored->patientName, "Zoë Núñez");

    std::vector<base::Instant> times;
    for (const auto& job : made.jobs) {
        EXPECT_EQ(stores_->jobState(job.id), "scheduled");
        times.push_back(job.runAt);
    }
    std::sort(times.begin(), times.end());
    EXPECT_EQ(times, (std::vector<base::Instant>{kNow, at(9) - std::chrono::hours{24}, at(7)}));
}

TEST_P(AppointmentStoreContract, UnknownAppointmentIsNone) {
    EXPECT_FALSE(stores_->appointments().find({999'999}));
    EXPECT_FALSE(stores_->appointments().cancel({999'999}, always(false), kNow));
}

TEST_P(AppointmentStoreContract, EveryChangeOfTheCalendarMakesASnapshotStale) {
    const auto changes = std::vector<std::function<void()>>{
        [&] { book(wanted(at(9))); },
        [&] { stores_->addTimeOff(doctor_, base::addDays(kTuesday, 30), base::addDays(kTuesday, 31)); },
        [&] { stores_->setHours(doctor_, 4, {kMorning}); },
        [&] { stores_->appointments().cancel(book(wanted(at(10))).id, always(false), kNow); },
    };
    for (const auto& change : changes) {
        const auto version = snapshot(wanted(at(16)))->calendarVersion;
        change();
        EXPECT_GT(snapshot(wanted(at(16)))->calendarVersion, version);
        EXPECT_TRUE(std::holds_alternative<app::CalendarStale>(write(wanted(at(16)), version)));
    }
    EXPECT_EQ(snapshot(wanted(at(16)))->clashes, 0) << "a stale write leaves nothing behind";
}

TEST_P(AppointmentStoreContract, OverlappingWritesAreRefusedThoughTheVersionHolds) {
    book(wanted(at(10), 30));
    for (const auto& overlapping : {wanted(at(10), 30), wanted(at(9, 30), 60), wanted(at(10, 15), 15)}) {
        const auto version = snapshot(overlapping)->calendarVersion;
        EXPECT_TRUE(std::holds_alternative<app::Overlaps>(write(overlapping, version)));
    }
    EXPECT_EQ(snapshot(wanted(at(9), 60))->day.busy.size(), 1u);
    book(wanted(at(10, 30), 15));
    book(wanted(at(9, 45), 15));
}

TEST_P(AppointmentStoreContract, ACancelledTimeCanBeBookedAgain) {
    const auto first = book(wanted(at(10)));
    stores_->appointments().cancel(first.id, always(false), kNow);
    EXPECT_NE(book(wanted(at(10))).id, first.id);
}

TEST_P(AppointmentStoreContract, CancellingVoidsWhatIsStillToBeSent) {
    const auto made = book(wanted(at(9)));
    const auto done = stores_->appointments().cancel(made.id, always(true), kNow);
    ASSERT_TRUE(done && *done);

    auto voided = (*done)->voidedJobs;
    std::sort(voided.begin(), voided.end());
    std::vector<base::JobId> jobs;
    for (const auto& job : made.jobs)
        jobs.push_back(job.id);
    std::sort(jobs.begin(), jobs.end());
    EXPECT_EQ(voided, jobs);
    for (const auto job : jobs)
        EXPECT_EQ(stores_->jobState(job), "cancelled");
    EXPECT_TRUE((*done)->newJobs.empty());
    EXPECT_TRUE((*done)->inFlight.empty());

    const auto stored = stores_->appointments().find(made.id)->appointment;
    EXPECT_EQ(stored.status, domain::AppointmentStatus::Cancelled);
    EXPECT_TRUE(stored.cancellationFeeApplied);
}

TEST_P(AppointmentStoreContract, CancellingAddsNewJobs) {
    const auto made = book(wanted(at(9)));
    const auto done = stores_->appointments().cancel(
        made.id,
        [](const domain::Appointment&) {
            return app::AppointmentStore::CancellationDecision{
                .cancel = true, .feeApplied = false, .newJobs = {{domain::JobKind::CancellationNotice, kNow}}};
        },
        kNow);
    ASSERT_TRUE(done && *done);
    ASSERT_EQ((*done)->newJobs.size(), 1u);
    EXPECT_EQ((*done)->newJobs[0].runAt, kNow);
    EXPECT_EQ(stores_->jobState((*done)->newJobs[0].id), "scheduled");
    EXPECT_EQ((*done)->voidedJobs.size(), made.jobs.size());
}

TEST_P(AppointmentStoreContract, CancellingAsksWithTheAppointmentAsItIs) {
    const auto made = book(wanted(at(9)));
    std::vector<domain::AppointmentStatus> seen;
    const auto refuse = [&](const domain::Appointment& appointment) {
        EXPECT_EQ(appointment.id, made.id);
        EXPECT_EQ(appointment.start, at(9));
        seen.push_back(appointment.status);
        return app::AppointmentStore::CancellationDecision{};
    };
    const auto refused = stores_->appointments().cancel(made.id, refuse, kNow);
    ASSERT_TRUE(refused);
    EXPECT_FALSE(*refused);
    EXPECT_EQ(stores_->jobState(made.jobs[0].id), "scheduled") << "a refusal changes nothing";
    stores_->appointments().cancel(made.id, always(false), kNow);
    stores_->appointments().cancel(made.id, refuse, kNow);
    EXPECT_EQ(seen, (std::vector{domain::AppointmentStatus::Scheduled, domain::AppointmentStatus::Cancelled}));
}

TEST_P(AppointmentStoreContract, LockedCalendarCommits) {
    app::BookingWrite written;
    stores_->appointments().withLockedCalendar(doctor_, [&](app::BookingCalendar& calendar) {
        const auto appointment = wanted(at(9));
        const auto seen = calendar.read(doctor_, patient_, kTuesday, kDay, spanOf(appointment));
        written = calendar.write(appointment, usualJobs(appointment.start), seen->calendarVersion, kNow);
    });
    ASSERT_TRUE(std::holds_alternative<app::BookingMade>(written));
    EXPECT_TRUE(stores_->appointments().find(std::get<app::BookingMade>(written).id));
}

TEST_P(AppointmentStoreContract, AnExceptionRollsTheLockedCalendarBack) {
    app::BookingWrite written;
    const auto bookAndFail = [&](app::BookingCalendar& calendar) {
        const auto appointment = wanted(at(9));
        const auto seen = calendar.read(doctor_, patient_, kTuesday, kDay, spanOf(appointment));
        written = calendar.write(appointment, usualJobs(appointment.start), seen->calendarVersion, kNow);
        throw std::runtime_error("a policy failed");
    };
    EXPECT_THROW(stores_->appointments().withLockedCalendar(doctor_, bookAndFail), std::runtime_error);
    ASSERT_TRUE(std::holds_alternative<app::BookingMade>(written));
    EXPECT_FALSE(stores_->appointments().find(std::get<app::BookingMade>(written).id));
    EXPECT_EQ(snapshot(wanted(at(9)))->clashes, 0);
}

TEST_P(AppointmentStoreContract, NobodyChangesALockedCalendar) {
    std::atomic<bool> written{false};
    std::thread other;
    stores_->appointments().withLockedCalendar(doctor_, [&](app::BookingCalendar& calendar) {
        const auto appointment = wanted(at(9));
        const auto seen = calendar.read(doctor_, patient_, kTuesday, kDay, spanOf(appointment));
        other = std::thread([&] {
            stores_->addTimeOff(doctor_, kTuesday, kTuesday);
            written = true;
        });
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
        EXPECT_FALSE(written);
        EXPECT_TRUE(std::holds_alternative<app::BookingMade>(
            calendar.write(appointment, usualJobs(appointment.start), seen->calendarVersion, kNow)));
    });
    other.join();
    EXPECT_TRUE(snapshot(wanted(at(9)))->day.timeOff);
}

TEST_P(AppointmentStoreContract, OfManyWritesOnOneSnapshotOneIsMade) {
    const auto version = snapshot(wanted(at(9)))->calendarVersion;
    constexpr int kThreads = 8;
    std::atomic<int> made{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i)
        threads.emplace_back([&, i] {
            // Starts differ, so that it is the version and not the constraint that tells them apart.
            if (std::holds_alternative<app::BookingMade>(write(wanted(at(9, 15 * i), 15), version))) ++made;
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(made, 1);
}

} // namespace rota::testing
