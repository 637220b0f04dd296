#include "app/book_appointment.hpp"
#include "app/cancel_appointment.hpp"
#include "app/complete_appointment.hpp"
#include "app/reschedule_appointment.hpp"
#include "unit/clinic_in_memory.hpp"

#include <gmock/gmock.h>

namespace rota::app {
namespace {

using namespace std::chrono_literals;
using domain::JobKind;
using ::testing::ElementsAre;

/// One appointment, at nine for half an hour.
class RescheduleAppointmentTest : public testing::ClinicInMemory {
protected:
    RescheduleAppointmentTest() { booked_ = book(wanted(at(9))); }

    base::AppointmentId book(const NewAppointment& appointment) {
        return BookAppointment{appointments_, policies_, queue_, clock_, clinic_}(appointment)->id;
    }

    tl::expected<void, RescheduleRefused> reschedule(base::AppointmentId id, base::Instant start) {
        return RescheduleAppointment{appointments_, policies_, queue_, clock_, clinic_}(id, start);
    }

    template <class Reason>
    void expectRefused(base::Instant start) {
        const auto done = reschedule(booked_, start);
        ASSERT_FALSE(done);
        EXPECT_TRUE(std::holds_alternative<Reason>(done.error()));
        EXPECT_EQ(stored().start, at(9)) << "a refusal changes nothing";
    }

    template <class Reason>
    void expectBookingRefused(base::Instant start) {
        const auto done = reschedule(booked_, start);
        ASSERT_FALSE(done);
        const auto* booking = std::get_if<domain::BookingRefused>(&done.error());
        ASSERT_TRUE(booking);
        EXPECT_TRUE(std::holds_alternative<Reason>(*booking));
        EXPECT_EQ(stored().start, at(9)) << "a refusal changes nothing";
    }

    domain::Appointment stored() { return appointments_.find(booked_)->appointment; }

    base::AppointmentId booked_;
};

TEST_F(RescheduleAppointmentTest, MovesAndTellsEverybody) {
    ASSERT_TRUE(reschedule(booked_, at(11)));
    EXPECT_EQ(stored().start, at(11));
    EXPECT_EQ(stored().scheduleVersion, 2);
    EXPECT_EQ(stored().calendarSequence, 1);

    const auto now = clock_.now();
    std::vector<domain::PlannedJob> standing;
    database_.transaction([&](testing::InMemoryTables& tables) {
        for (const auto& [id, job] : tables.jobs)
            if (job.pending()) standing.push_back({job.kind, job.runAt});
    });
    EXPECT_THAT(standing, ElementsAre(domain::PlannedJob{JobKind::PromoteWaitlist, now},
                                      domain::PlannedJob{JobKind::RescheduleNotice, now},
                                      domain::PlannedJob{JobKind::EmailReminder, at(11) - 24h},
                                      domain::PlannedJob{JobKind::SmsReminder, at(11) - 2h}));
    EXPECT_EQ(queue_.due().size(), 4u) << "what is void is out of the queue";
}

TEST_F(RescheduleAppointmentTest, FreesTheOldTimeAndTakesTheNew) {
    ASSERT_TRUE(reschedule(booked_, at(11)));
    auto wish = wanted(at(9));
    wish.patient = other_;
    EXPECT_TRUE((BookAppointment{appointments_, policies_, queue_, clock_, clinic_}(wish)));
    wish.start = at(11);
    EXPECT_FALSE((BookAppointment{appointments_, policies_, queue_, clock_, clinic_}(wish)));
}

TEST_F(RescheduleAppointmentTest, ItsOwnTimeIsFreeForIt) {
    EXPECT_TRUE(reschedule(booked_, at(9, 15)));
    EXPECT_EQ(stored().start, at(9, 15));
}

TEST_F(RescheduleAppointmentTest, TheSameTimeChangesNothing) {
    const auto due = queue_.due();
    EXPECT_TRUE(reschedule(booked_, at(9)));
    EXPECT_EQ(stored().scheduleVersion, 1);
    EXPECT_EQ(queue_.due(), due);
}

TEST_F(RescheduleAppointmentTest, ObeysTheRulesOfABooking) {
    auto wish = wanted(at(10));
    wish.patient = other_;
    book(wish);
    expectBookingRefused<domain::SlotTaken>(at(10, 15));
    expectBookingRefused<domain::OutsideWorkingHours>(at(12));
    expectBookingRefused<domain::ClosedWeekday>(at(9) + 24h);
    expectBookingRefused<domain::TooSoon>(clock_.now() + 2h - 1min);
    expectBookingRefused<domain::TooFarAhead>(at(9) + 24h * 7 * 13);
    database_.addTimeOff(doctor_, base::addDays(kTuesday, 7), base::addDays(kTuesday, 7));
    expectBookingRefused<domain::ClosedDate>(at(9) + 24h * 7);
}

TEST_F(RescheduleAppointmentTest, OffersTheRestOfTheDayAsItWouldBe) {
    auto wish = wanted(at(10), 60);
    wish.patient = other_;
    book(wish);
    const auto done = reschedule(booked_, at(10));
    ASSERT_FALSE(done);
    const auto& taken = std::get<domain::SlotTaken>(std::get<domain::BookingRefused>(done.error()));
    EXPECT_THAT(taken.availableSlots,
                ElementsAre(base::Interval{at(9), at(9, 30)}, base::Interval{at(9, 30), at(10)},
                            base::Interval{at(11), at(11, 30)}, base::Interval{at(11, 30), at(12)}));
}

TEST_F(RescheduleAppointmentTest, RefusesWithinTheFeesWindowThePastTheCancelledAndTheUnknown) {
    EXPECT_TRUE(std::holds_alternative<AppointmentNotFound>(reschedule({999}, at(11)).error()));
    clock_.set(at(9) - 24h + 1ms);
    expectRefused<domain::TooLateToReschedule>(at(9) + 24h * 7);
    clock_.set(at(9) + 1ms);
    expectRefused<domain::CannotReschedulePast>(at(9) + 24h * 7);
    clock_.set(at(9) - 24h);
    EXPECT_TRUE(reschedule(booked_, at(9) + 24h * 7)) << "a day before is early enough";
    clock_.set(at(9));
    CancelAppointment{appointments_, deliveries_, queue_, clock_, clinic_}(booked_);
    EXPECT_TRUE(std::holds_alternative<domain::AlreadyCancelled>(reschedule(booked_, at(11)).error()));
}

TEST_F(RescheduleAppointmentTest, AQueueThatIsAwayFailsNothing) {
    queue_.setFailing(true);
    EXPECT_TRUE(reschedule(booked_, at(11)));
    EXPECT_EQ(stored().start, at(11));
}

// ---- completing

TEST_F(RescheduleAppointmentTest, ConcludesOnceItHasBegun) {
    CompleteAppointment complete{appointments_, clock_};
    using domain::AppointmentStatus;
    clock_.set(at(9) - 1ms);
    EXPECT_TRUE(std::holds_alternative<domain::NotStartedYet>(complete(booked_, AppointmentStatus::Completed).error()));
    clock_.set(at(9));
    EXPECT_TRUE(complete(booked_, AppointmentStatus::Completed));
    EXPECT_EQ(stored().status, AppointmentStatus::Completed);
    EXPECT_TRUE(complete(booked_, AppointmentStatus::NoShow)) << "the clinic may correct itself";
    EXPECT_EQ(stored().status, AppointmentStatus::NoShow);
    expectRefused<domain::CannotReschedulePast>(at(11));
    EXPECT_TRUE(std::holds_alternative<AppointmentNotFound>(complete({999}, AppointmentStatus::Completed).error()));
}

TEST_F(RescheduleAppointmentTest, ConcludesNothingThatWasCancelled) {
    CancelAppointment{appointments_, deliveries_, queue_, clock_, clinic_}(booked_);
    clock_.set(at(9));
    const auto done = CompleteAppointment{appointments_, clock_}(booked_, domain::AppointmentStatus::NoShow);
    EXPECT_TRUE(std::holds_alternative<domain::AlreadyCancelled>(done.error()));
}

} // namespace
} // namespace rota::app
