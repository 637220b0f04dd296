#include "app/book_appointment.hpp"
#include "unit/clinic_in_memory.hpp"

#include <atomic>
#include <thread>

namespace rota::app {
namespace {

using namespace std::chrono_literals;
using testing::ClinicInMemory;

/// Lets a test do something in the doctor's calendar between a decision and its write.
class InterruptedStore final : public AppointmentStore {
public:
    InterruptedStore(AppointmentStore& store, std::function<void(int attempt)> beforeWrite)
        : store_(store), beforeWrite_(std::move(beforeWrite)) {}

    void withCalendar(const std::function<void(BookingCalendar&)>& decide) override {
        ++optimistic;
        store_.withCalendar([&](BookingCalendar& calendar) { lend(calendar, decide); });
    }
    void withLockedCalendar(base::DoctorId doctor, const std::function<void(BookingCalendar&)>& decide) override {
        ++locked;
        store_.withLockedCalendar(doctor, [&](BookingCalendar& calendar) { lend(calendar, decide); });
    }
    std::optional<AppointmentDetails> find(base::AppointmentId id) override { return store_.find(id); }
    std::optional<AppointmentPage> list(const AppointmentPageWanted& wanted, base::Instant now) override {
        return store_.list(wanted, now);
    }
    bool withLocked(base::AppointmentId id, const std::function<void(LockedAppointment&)>& change) override {
        return store_.withLocked(id, change);
    }
    std::optional<std::optional<CancellationDone>> cancel(base::AppointmentId id, const DecideCancellation& decide,
                                                          base::Instant now) override {
        return store_.cancel(id, decide, now);
    }

    int optimistic = 0;
    int locked = 0;

private:
    class Interrupted final : public BookingCalendar {
    public:
        Interrupted(BookingCalendar& calendar, std::function<void()> beforeWrite)
            : calendar_(calendar), beforeWrite_(std::move(beforeWrite)) {}
        std::optional<BookingSnapshot> read(base::DoctorId doctor, base::PatientId patient, base::Date date,
                                            base::Interval dayUtc, base::Interval wanted) override {
            return calendar_.read(doctor, patient, date, dayUtc, wanted);
        }
        BookingWrite write(const NewAppointment& appointment, std::span<const domain::PlannedJob> jobs,
                           std::int64_t version, base::Instant now) override {
            beforeWrite_();
            return calendar_.write(appointment, jobs, version, now);
        }

    private:
        BookingCalendar& calendar_;
        std::function<void()> beforeWrite_;
    };

    void lend(BookingCalendar& calendar, const std::function<void(BookingCalendar&)>& decide) {
        Interrupted interrupted{calendar, [&] { beforeWrite_(optimistic + locked); }};
        decide(interrupted);
    }

    AppointmentStore& store_;
    std::function<void(int)> beforeWrite_;
};

/// Admits only what a test says, to tell it from the fixed rules.
class Capricious final : public AvailabilityPolicy {
public:
    std::vector<base::Interval> slots(const domain::AvailabilityQuery& query) const override {
        return standard_.slots(query);
    }
    bool admits(const domain::AvailabilityQuery&, base::Instant) const override { return false; }

private:
    testing::StandardPolicy standard_;
};

class BookAppointmentTest : public ClinicInMemory {
protected:
    tl::expected<domain::Appointment, domain::BookingRefused> book(const NewAppointment& wanted) {
        return bookThrough(appointments_, wanted);
    }
    tl::expected<domain::Appointment, domain::BookingRefused> bookThrough(AppointmentStore& store,
                                                                          const NewAppointment& wanted) {
        return BookAppointment{store, policies_, queue_, clock_, clinic_}(wanted);
    }

    /// The same wish of the other patient.
    NewAppointment rival(NewAppointment wish) const {
        wish.patient = other_;
        return wish;
    }

    void expectNothingBooked() {
        database_.transaction([](testing::InMemoryTables& tables) {
            EXPECT_TRUE(tables.appointments.empty());
            EXPECT_TRUE(tables.jobs.empty());
        });
        EXPECT_TRUE(queue_.due().empty());
    }
};

template <class Reason>
::testing::AssertionResult refusedFor(const tl::expected<domain::Appointment, domain::BookingRefused>& result) {
    if (result) return ::testing::AssertionFailure() << "was booked";
    if (!std::holds_alternative<Reason>(result.error()))
        return ::testing::AssertionFailure() << "refused for reason number " << result.error().index();
    return ::testing::AssertionSuccess();
}

TEST_F(BookAppointmentTest, BooksAndQueuesWhatFollows) {
    const auto booked = book(wanted(at(9), 60));
    ASSERT_TRUE(booked);
    EXPECT_EQ(booked->doctor, doctor_);
    EXPECT_EQ(booked->patient, patient_);
    EXPECT_EQ(booked->start, at(9));
    EXPECT_EQ(booked->duration, 60min);
    EXPECT_EQ(booked->type, domain::VisitType::Standard);
    EXPECT_EQ(booked->status, domain::AppointmentStatus::Scheduled);
    EXPECT_TRUE(appointments_.find(booked->id));
    EXPECT_EQ(jobsOf(booked->id), (std::vector<domain::PlannedJob>{{domain::JobKind::Confirmation, clock_.now()},
                                                                   {domain::JobKind::EmailReminder, at(9) - 24h},
                                                                   {domain::JobKind::SmsReminder, at(7)}}));
    EXPECT_EQ(queue_.due().size(), 3u);
}

TEST_F(BookAppointmentTest, AnswersTheFirstReasonInThePromisedOrder) {
    // Everything is wrong with this one; each step mends what was answered.
    auto wish = wanted(clock_.now() + 1h, 15);
    wish.doctor = {999};
    wish.patient = {999};
    wish.type = domain::VisitType::NewPatient;
    EXPECT_TRUE(refusedFor<domain::DoctorNotFound>(book(wish)));
    wish.doctor = doctor_;
    EXPECT_TRUE(refusedFor<domain::PatientNotFound>(book(wish)));
    wish.patient = patient_;
    EXPECT_TRUE(refusedFor<domain::NewPatientNeedsHour>(book(wish)));
    wish.duration = 60min;
    database_.addTimeOff(doctor_, base::addDays(kTuesday, 7), base::addDays(kTuesday, 7));
    EXPECT_TRUE(refusedFor<domain::TooSoon>(book(wish)));
    wish.start = clock_.now() + 100 * 24h;
    EXPECT_TRUE(refusedFor<domain::TooFarAhead>(book(wish)));
    wish.start = at(6) + 24h;
    EXPECT_TRUE(refusedFor<domain::ClosedWeekday>(book(wish)));
    wish.start = at(6) + 7 * 24h;
    EXPECT_TRUE(refusedFor<domain::ClosedDate>(book(wish)));
    wish.start = at(11, 30);
    EXPECT_TRUE(refusedFor<domain::OutsideWorkingHours>(book(wish)));
    expectNothingBooked();

    ASSERT_TRUE(book(rival(wanted(at(10)))));
    wish.start = at(9, 30);
    EXPECT_TRUE(refusedFor<domain::SlotTaken>(book(wish)));
    wish.start = at(9);
    EXPECT_TRUE(book(wish));
}

TEST_F(BookAppointmentTest, NoticeAndHorizonIncludeTheirEdges) {
    clock_.set(at(9) - 2h);
    EXPECT_TRUE(book(wanted(at(9))));
    clock_.set(at(10) - 2h + 1ms);
    EXPECT_TRUE(refusedFor<domain::TooSoon>(book(wanted(at(10)))));
    clock_.set(at(11) - 90 * 24h);
    EXPECT_TRUE(book(wanted(at(11))));
    EXPECT_TRUE(refusedFor<domain::TooFarAhead>(book(wanted(at(11, 30)))));
}

TEST_F(BookAppointmentTest, AnInactiveDoctorIsNotFound) {
    database_.transaction([&](testing::InMemoryTables& tables) { tables.doctors.at(doctor_).doctor.active = false; });
    EXPECT_TRUE(refusedFor<domain::DoctorNotFound>(book(wanted(at(9)))));
}

TEST_F(BookAppointmentTest, TheDayIsTheClinics) {
    // 23:30 of the Tuesday in New York is Wednesday in UTC.
    database_.setHours(doctor_, 2, {{20h, 24h}});
    EXPECT_TRUE(book(wanted(at(23, 30))));
    EXPECT_TRUE(refusedFor<domain::ClosedWeekday>(book(wanted(at(23, 30) + 30min))));
}

TEST_F(BookAppointmentTest, ATakenSlotComesWithWhatIsLeft) {
    ASSERT_TRUE(book(wanted(at(9), 60)));
    const auto refused = book(rival(wanted(at(9, 30))));
    ASSERT_TRUE(refusedFor<domain::SlotTaken>(refused));
    EXPECT_EQ(std::get<domain::SlotTaken>(refused.error()).availableSlots,
              (std::vector<base::Interval>{
                  {at(10), at(10, 30)}, {at(10, 30), at(11)}, {at(11), at(11, 30)}, {at(11, 30), at(12)}}));
}

TEST_F(BookAppointmentTest, WhatIsLeftCanBeBookedNow) {
    ASSERT_TRUE(book(wanted(at(11), 30)));
    clock_.set(at(8, 45));
    const auto refused = book(rival(wanted(at(11), 60)));
    ASSERT_TRUE(refusedFor<domain::SlotTaken>(refused));
    EXPECT_TRUE(std::get<domain::SlotTaken>(refused.error()).availableSlots.empty()) << "10:30 would be too soon";
    const auto shorter = book(rival(wanted(at(11), 30)));
    EXPECT_EQ(std::get<domain::SlotTaken>(shorter.error()).availableSlots,
              (std::vector<base::Interval>{{at(11, 30), at(12)}}));
}

TEST_F(BookAppointmentTest, ThePolicyHasTheLastWord) {
    policies_ = testing::OnePolicy{std::make_shared<Capricious>()};
    const auto refused = book(wanted(at(9)));
    ASSERT_TRUE(refusedFor<domain::SlotTaken>(refused));
    EXPECT_EQ(std::get<domain::SlotTaken>(refused.error()).availableSlots.size(), 6u);
    EXPECT_TRUE(refusedFor<domain::OutsideWorkingHours>(book(wanted(at(8))))) << "and not the first";
    expectNothingBooked();
}

TEST_F(BookAppointmentTest, AnUndisturbedBookingTakesNoLock) {
    InterruptedStore store{appointments_, [](int) {}};
    EXPECT_TRUE(bookThrough(store, wanted(at(9))));
    EXPECT_EQ(store.optimistic, 1);
    EXPECT_EQ(store.locked, 0);
}

TEST_F(BookAppointmentTest, AChangedCalendarIsDecidedOnceMoreUnderTheLock) {
    InterruptedStore store{appointments_, [&](int attempt) {
                               if (attempt == 1) {
                                   ASSERT_TRUE(book(rival(wanted(at(11)))));
                               }
                           }};
    EXPECT_TRUE(bookThrough(store, wanted(at(9))));
    EXPECT_EQ(store.optimistic, 1);
    EXPECT_EQ(store.locked, 1);
    EXPECT_EQ(queue_.due().size(), 6u) << "the jobs of both, once";
}

TEST_F(BookAppointmentTest, TheLoserOfARaceLearnsWhatIsLeft) {
    InterruptedStore store{appointments_, [&](int attempt) {
                               if (attempt == 1) {
                                   ASSERT_TRUE(book(rival(wanted(at(9)))));
                               }
                           }};
    const auto refused = bookThrough(store, wanted(at(9)));
    ASSERT_TRUE(refusedFor<domain::SlotTaken>(refused));
    const auto& left = std::get<domain::SlotTaken>(refused.error()).availableSlots;
    EXPECT_EQ(left.size(), 5u);
    EXPECT_EQ(left.front().begin, at(9, 30));
}

TEST_F(BookAppointmentTest, ATimeOffOfThisSecondIsNotRaced) {
    InterruptedStore store{appointments_, [&](int attempt) {
                               if (attempt == 1) database_.addTimeOff(doctor_, kTuesday, kTuesday);
                           }};
    EXPECT_TRUE(refusedFor<domain::ClosedDate>(bookThrough(store, wanted(at(9)))));
    expectNothingBooked();
}

TEST_F(BookAppointmentTest, TheClockIsReadAnewForTheSecondAttempt) {
    clock_.set(at(9) - 2h);
    InterruptedStore store{appointments_, [&](int attempt) {
                               if (attempt > 1) return;
                               database_.setHours(doctor_, 5, {});
                               clock_.advance(1ms);
                           }};
    EXPECT_TRUE(refusedFor<domain::TooSoon>(bookThrough(store, wanted(at(9)))));
}

TEST_F(BookAppointmentTest, ACalendarThatChangesUnderItsLockIsABugAndNoThirdAttempt) {
    InterruptedStore store{appointments_, [&](int) { database_.setHours(doctor_, 5, {}); }};
    EXPECT_THROW(bookThrough(store, wanted(at(9))), std::logic_error);
    EXPECT_EQ(store.optimistic, 1);
    EXPECT_EQ(store.locked, 1);
    expectNothingBooked();
}

TEST_F(BookAppointmentTest, TheConstraintsWordIsTakenWithAFreshLook) {
    // An appointment that came in without raising the version, as by hand in SQL.
    InterruptedStore store{appointments_, [&](int attempt) {
                               if (attempt > 1) return;
                               database_.transaction([&](testing::InMemoryTables& tables) {
                                   domain::Appointment stray;
                                   stray.id = {++tables.lastId};
                                   stray.doctor = doctor_;
                                   stray.patient = other_;
                                   stray.start = at(9);
                                   stray.duration = 30min;
                                   tables.appointments[stray.id].appointment = stray;
                               });
                           }};
    const auto refused = bookThrough(store, wanted(at(9)));
    ASSERT_TRUE(refusedFor<domain::SlotTaken>(refused));
    EXPECT_EQ(std::get<domain::SlotTaken>(refused.error()).availableSlots.front().begin, at(9, 30));
    EXPECT_EQ(store.locked, 0);
}

TEST_F(BookAppointmentTest, AQueueThatIsAwayFailsNoBooking) {
    queue_.setFailing(true);
    const auto booked = book(wanted(at(9)));
    ASSERT_TRUE(booked);
    EXPECT_EQ(jobsOf(booked->id).size(), 3u) << "the rows are the truth";
    EXPECT_TRUE(queue_.due().empty());
}

TEST_F(BookAppointmentTest, OfManyAtOnceOneGetsTheSlot) {
    BookAppointment bookOne{appointments_, policies_, queue_, clock_, clinic_};
    std::atomic<int> booked{0};
    std::atomic<int> taken{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 16; ++i)
        threads.emplace_back([&, i] {
            // Equal and overlapping starts: each of them overlaps each other one.
            const std::vector<NewAppointment> wishes{wanted(at(9), 60), wanted(at(9, 30), 60), wanted(at(9, 45), 15)};
            const auto result = bookOne(wishes[static_cast<std::size_t>(i) % wishes.size()]);
            if (result) ++booked;
            if (!result && std::holds_alternative<domain::SlotTaken>(result.error())) ++taken;
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(booked, 1);
    EXPECT_EQ(taken, 15);
    EXPECT_EQ(queue_.due().size(), 3u);
}

} // namespace
} // namespace rota::app
