#pragma once

#include "contract/stores_under_test.hpp"

#include <array>
#include <stdexcept>

namespace rota::testing {

/// What every AppointmentStore promises beyond booking and cancelling: lists, rescheduling, concluding. Include once in
/// a program and instantiate.
class PortalContract : public StoresContract {
protected:
    app::AppointmentPage list(std::optional<domain::AppointmentCategory> category, int page = 1, int limit = 20) {
        return *stores_->appointments().list({patient_, category, page, limit}, now_);
    }

    static std::vector<base::Instant> startsOf(const app::AppointmentPage& page) {
        std::vector<base::Instant> starts;
        for (const auto& details : page.appointments)
            starts.push_back(details.appointment.start);
        return starts;
    }

    app::CancellationDone move(base::AppointmentId id, base::Instant start) {
        app::CancellationDone done;
        EXPECT_TRUE(stores_->appointments().withLocked(id, [&](app::LockedAppointment& locked) {
            const std::array freed{domain::PlannedJob{domain::JobKind::PromoteWaitlist, kNow}};
            done = locked.move(start, freed, usualJobs(start), kNow);
        }));
        return done;
    }

    base::Instant now_ = kNow;
};

TEST_P(PortalContract, ListsNewestFirstByCategoryAndPage) {
    const auto past = book(wanted(at(9))).id;
    const auto cancelled = book(wanted(at(10))).id;
    stores_->appointments().cancel(cancelled, always(true), kNow);
    book(wanted(at(11)));
    book(wanted(at(13)));
    now_ = at(11);

    using domain::AppointmentCategory;
    EXPECT_EQ(startsOf(list(std::nullopt)), (std::vector{at(13), at(11), at(10), at(9)}));
    EXPECT_EQ(startsOf(list(AppointmentCategory::Upcoming)), (std::vector{at(13), at(11)}));
    EXPECT_EQ(startsOf(list(AppointmentCategory::Past)), (std::vector{at(9)}));
    EXPECT_EQ(startsOf(list(AppointmentCategory::Cancelled)), (std::vector{at(10)}));
    EXPECT_EQ(list(AppointmentCategory::Cancelled).appointments[0].appointment.cancelledAt, kNow);
    const auto shown = list(AppointmentCategory::Past).appointments[0];
    EXPECT_EQ(shown.appointment.id, past);
    EXPECT_EQ(shown.doctorName, "Dr. Ada Quill");
    EXPECT_EQ(shown.specialty, "Cardiology");
    EXPECT_EQ(shown.patientName, samplePatient().name);

    EXPECT_EQ(startsOf(list(std::nullopt, 1, 3)), (std::vector{at(13), at(11), at(10)}));
    EXPECT_EQ(startsOf(list(std::nullopt, 2, 3)), (std::vector{at(9)}));
    EXPECT_EQ(list(std::nullopt, 2, 3).total, 4);
    EXPECT_TRUE(list(std::nullopt, 3, 3).appointments.empty());
    EXPECT_EQ(list(std::nullopt, 3, 3).total, 4);
    EXPECT_EQ(list(AppointmentCategory::Upcoming, 1, 1).total, 2);
}

TEST_P(PortalContract, ListsNothingOfTheUnknown) {
    EXPECT_TRUE(list(std::nullopt).appointments.empty());
    EXPECT_EQ(list(std::nullopt).total, 0);
    EXPECT_FALSE(stores_->appointments().list({{999'999}, std::nullopt, 1, 20}, kNow));
}

TEST_P(PortalContract, MovingVoidsTheOldJobsAndMakesNewOnes) {
    const auto made = book(wanted(at(9)));
    const auto version = snapshot(wanted(at(16)))->calendarVersion;
    const auto done = move(made.id, at(13));

    const auto moved = stores_->appointments().find(made.id)->appointment;
    EXPECT_EQ(moved.start, at(13));
    EXPECT_EQ(moved.scheduleVersion, 2);
    EXPECT_EQ(moved.calendarSequence, 1);
    EXPECT_EQ(done.voidedJobs.size(), made.jobs.size());
    for (const auto& job : made.jobs)
        EXPECT_EQ(stores_->jobState(job.id), "cancelled");
    ASSERT_EQ(done.newJobs.size(), 4u);
    for (const auto& job : done.newJobs)
        EXPECT_EQ(stores_->jobState(job.id), "scheduled");
    EXPECT_GT(snapshot(wanted(at(16)))->calendarVersion, version);
    EXPECT_EQ(snapshot(wanted(at(9)))->clashes, 0);
    EXPECT_EQ(snapshot(wanted(at(13)))->clashes, 1);
}

TEST_P(PortalContract, ItMayOverlapItsOwnTime) {
    const auto made = book(wanted(at(9), 60));
    move(made.id, at(9, 30));
    EXPECT_EQ(stores_->appointments().find(made.id)->appointment.start, at(9, 30));
}

TEST_P(PortalContract, AFreedTimeIsToldAsItWasAndOutlivesACancellation) {
    const auto made = book(wanted(at(9)));
    const auto offer = move(made.id, at(13)).newJobs.front();
    move(made.id, at(14));
    stores_->appointments().cancel(
        made.id,
        [](const domain::Appointment&) {
            return app::AppointmentStore::CancellationDecision{
                .cancel = true, .feeApplied = false, .newJobs = {{domain::JobKind::PromoteWaitlist, kNow}}};
        },
        kNow);
    EXPECT_EQ(stores_->jobState(offer.id), "scheduled");

    const auto claimed = stores_->jobs().claimDue(10, kNow, kNow + std::chrono::seconds{30});
    std::vector<std::string> payloads;
    for (const auto& job : claimed) {
        EXPECT_EQ(job.kind, domain::JobKind::PromoteWaitlist) << "nothing else survives";
        payloads.push_back(job.payload);
    }
    ASSERT_EQ(payloads.size(), 3u);
    for (const auto& [index, start] : {std::pair{0u, at(9)}, {1u, at(13)}, {2u, at(14)}})
        EXPECT_NE(payloads[index].find(std::to_string(base::toUnixMs(start))), std::string::npos) << payloads[index];
}

TEST_P(PortalContract, AnExceptionRollsAMoveBack) {
    const auto made = book(wanted(at(9)));
    EXPECT_THROW(stores_->appointments().withLocked(made.id,
                                                    [&](app::LockedAppointment& locked) {
                                                        locked.move(at(13), {}, usualJobs(at(13)), kNow);
                                                        throw std::runtime_error("a policy failed");
                                                    }),
                 std::runtime_error);
    EXPECT_EQ(stores_->appointments().find(made.id)->appointment.start, at(9));
    EXPECT_EQ(stores_->jobState(made.jobs[0].id), "scheduled");
}

TEST_P(PortalContract, ConcludesAndKnowsTheUnknown) {
    const auto made = book(wanted(at(9)));
    EXPECT_TRUE(stores_->appointments().withLocked(
        made.id, [](app::LockedAppointment& locked) { locked.conclude(domain::AppointmentStatus::NoShow); }));
    EXPECT_EQ(stores_->appointments().find(made.id)->appointment.status, domain::AppointmentStatus::NoShow);
    EXPECT_FALSE(stores_->appointments().withLocked({999'999}, [](app::LockedAppointment&) { FAIL(); }));
}

} // namespace rota::testing
