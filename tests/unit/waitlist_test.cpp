#include "app/book_appointment.hpp"
#include "app/cancel_appointment.hpp"
#include "app/join_waitlist.hpp"
#include "app/promote_waitlist.hpp"
#include "app/reschedule_appointment.hpp"
#include "support/in_memory_job_store.hpp"
#include "support/in_memory_waitlist_store.hpp"
#include "support/oldest_first.hpp"
#include "unit/clinic_in_memory.hpp"
#include "worker/waitlist_expiry.hpp"

#include <gmock/gmock.h>

namespace rota::app {
namespace {

using namespace std::chrono_literals;
using domain::JobKind;
using domain::PreferredRange;
using ::testing::ElementsAre;

/// The clinic with a waitlist; the first patient has an appointment at nine.
class WaitlistTest : public testing::ClinicInMemory {
protected:
    WaitlistTest() {
        database_.setHours(doctor_, 2, {{9h, 17h}});
        booked_ = book(wanted(at(9)));
    }

    base::AppointmentId book(const NewAppointment& appointment) {
        return BookAppointment{appointments_, policies_, queue_, clock_, clinic_}(appointment)->id;
    }

    base::PatientId patient(const std::string& name) {
        domain::Patient patient;
        patient.name = name;
        return database_.addPatient(patient);
    }

    domain::WaitlistEntry wish(base::PatientId patient, PreferredRange range = PreferredRange::Any) const {
        return {{}, doctor_, patient, kTuesday, range, 0, {}};
    }

    tl::expected<base::WaitlistId, JoinRefused> join(const domain::WaitlistEntry& entry) {
        auto joined = JoinWaitlist{waitlist_, doctors_, patients_, clock_, clinic_}(entry);
        clock_.advance(1ms); // so that who came later is known
        return joined;
    }

    template <class Reason>
    void expectRefused(const domain::WaitlistEntry& entry) {
        const auto joined = join(entry);
        ASSERT_FALSE(joined);
        EXPECT_TRUE(std::holds_alternative<Reason>(joined.error()));
    }

    void cancel(base::AppointmentId id) { CancelAppointment{appointments_, deliveries_, queue_, clock_, clinic_}(id); }

    /// Does the offers that are due. Returns how many there were.
    int runOffers() {
        const PromoteWaitlist promote{waitlist_, strategies_, policies_, queue_, clock_, clinic_};
        int offers = 0;
        for (const auto& job : jobs_.claimDue(64, clock_.now(), clock_.now() + 1h)) {
            if (job.kind != JobKind::PromoteWaitlist) continue;
            ++offers;
            lastOffer_ = job;
            EXPECT_EQ(promote(job).outcome, JobOutcome::Done);
        }
        return offers;
    }

    void cancelAndOffer(base::AppointmentId id) {
        cancel(id);
        EXPECT_EQ(runOffers(), 1);
    }

    std::string statusOf(base::WaitlistId id) {
        return database_.transaction([&](testing::InMemoryTables& tables) { return tables.waitlist.at(id).status; });
    }

    /// The appointment that an entry got.
    std::optional<domain::Appointment> got(base::WaitlistId id) {
        return database_.transaction([&](testing::InMemoryTables& tables) -> std::optional<domain::Appointment> {
            const auto made = tables.waitlist.at(id).appointment;
            if (!made) return std::nullopt;
            return tables.appointments.at(*made).appointment;
        });
    }

    testing::InMemoryWaitlistStore waitlist_{database_};
    testing::InMemoryJobStore jobs_{database_};
    testing::OldestFirst strategies_;
    std::optional<ClaimedJob> lastOffer_;
    base::AppointmentId booked_;
};

// ---- joining

TEST_F(WaitlistTest, RefusesInTheOrderPromised) {
    auto entry = wish({999});
    entry.doctor = {999};
    entry.desiredDate = base::addDays(kTuesday, -8);
    expectRefused<domain::DoctorNotFound>(entry);
    entry.doctor = doctor_;
    expectRefused<domain::PatientNotFound>(entry);
    entry.patient = patient_;
    expectRefused<DatePast>(entry);
    entry.desiredDate = base::addDays(kTuesday, -7 + 91);
    expectRefused<DateTooFarAhead>(entry);
    entry.desiredDate = base::addDays(kTuesday, -7 + 90);
    EXPECT_TRUE(join(entry)) << "the last day that can be booked";
    entry.desiredDate = base::addDays(kTuesday, -7);
    EXPECT_TRUE(join(entry)) << "today";
    EXPECT_TRUE(join(wish(patient_)));
    expectRefused<AlreadyWaiting>(wish(patient_));
    entry.desiredDate = base::addDays(kTuesday, 1);
    expectRefused<TooManyEntries>(entry);
}

TEST_F(WaitlistTest, AnInactiveDoctorHasNoWaitlist) {
    database_.transaction([&](testing::InMemoryTables& tables) { tables.doctors.at(doctor_).doctor.active = false; });
    expectRefused<domain::DoctorNotFound>(wish(patient_));
}

TEST_F(WaitlistTest, TheLimitIsConfigurationAndPastDaysDoNotCount) {
    clinic_.waitlist.maxEntries = 1;
    ASSERT_TRUE(join(wish(patient_)));
    auto later = wish(patient_);
    later.desiredDate = base::addDays(kTuesday, 7);
    const auto refused = join(later);
    ASSERT_FALSE(refused);
    EXPECT_EQ(std::get<TooManyEntries>(refused.error()).most, 1);
    clock_.set(clinic_.zone.day(kTuesday).end);
    EXPECT_TRUE(join(later)) << "before anything expired it";
}

// ---- promotion

TEST_F(WaitlistTest, TheOldestThatFitsGetsTheTime) {
    const auto late = *join(wish(patient("Late"), PreferredRange::Afternoon));
    const auto first = *join(wish(patient("First"), PreferredRange::Morning));
    const auto second = *join(wish(patient("Second")));
    cancelAndOffer(booked_);
    EXPECT_EQ(statusOf(late), "waiting");
    EXPECT_EQ(statusOf(first), "promoted");
    EXPECT_EQ(statusOf(second), "waiting");
    ASSERT_TRUE(got(first));
    EXPECT_EQ(got(first)->start, at(9));
    EXPECT_EQ(got(first)->duration, 30min);
    EXPECT_EQ(got(first)->type, domain::VisitType::Standard);

    const auto now = clock_.now();
    EXPECT_THAT(jobsOf(got(first)->id), ElementsAre(domain::PlannedJob{JobKind::PromotionNotice, now},
                                                    domain::PlannedJob{JobKind::EmailReminder, at(9) - 24h},
                                                    domain::PlannedJob{JobKind::SmsReminder, at(9) - 2h}));
    const auto due = queue_.due();
    EXPECT_EQ(std::ranges::count_if(due, [&](const auto& job) { return job.second > now; }), 2)
        << "the new reminders are in the queue";
}

TEST_F(WaitlistTest, MorningIsWhatStartsBeforeNoon) {
    const auto lastOfMorning = book(wanted(at(11, 30), 60));
    const auto morning = *join(wish(other_, PreferredRange::Morning));
    cancelAndOffer(lastOfMorning);
    EXPECT_EQ(statusOf(morning), "promoted");

    const auto noon = book(wanted(at(12, 30)));
    const auto another = *join(wish(patient("Another"), PreferredRange::Morning));
    const auto afternoon = *join(wish(patient("Afternoon"), PreferredRange::Afternoon));
    cancelAndOffer(noon);
    EXPECT_EQ(statusOf(another), "waiting");
    EXPECT_EQ(statusOf(afternoon), "promoted");
}

TEST_F(WaitlistTest, NewPatientsTimesBecomeStandard) {
    auto hour = wanted(at(10), 60);
    hour.type = domain::VisitType::NewPatient;
    const auto id = book(hour);
    const auto entry = *join(wish(other_));
    cancelAndOffer(id);
    ASSERT_TRUE(got(entry));
    EXPECT_EQ(got(entry)->type, domain::VisitType::Standard);
    EXPECT_EQ(got(entry)->duration, 60min);
}

TEST_F(WaitlistTest, WithinTheNoticeOfABookingButNeverInThePast) {
    const auto entry = *join(wish(other_));
    clock_.set(at(9) - 1h);
    cancelAndOffer(booked_);
    EXPECT_EQ(statusOf(entry), "promoted");

    const auto next = *join(wish(patient("Next")));
    clock_.set(at(9) - 1min);
    cancel(got(entry)->id);
    clock_.set(at(9));
    EXPECT_EQ(runOffers(), 0) << "at its start the offer is void";
    lastOffer_->notAfter = at(9);
    const PromoteWaitlist promote{waitlist_, strategies_, policies_, queue_, clock_, clinic_};
    EXPECT_EQ(promote(*lastOffer_).outcome, JobOutcome::Done);
    EXPECT_EQ(statusOf(next), "waiting");
}

TEST_F(WaitlistTest, NobodyIsPutIntoWhatIsNotOpenAnyMore) {
    const auto entry = *join(wish(other_));
    cancel(booked_);
    database_.addTimeOff(doctor_, kTuesday, kTuesday);
    EXPECT_EQ(runOffers(), 1);
    EXPECT_EQ(statusOf(entry), "waiting");
}

TEST_F(WaitlistTest, NobodyComesToADoctorWhoLeftOrOutsideTheHours) {
    const auto entry = *join(wish(other_));
    cancel(booked_);
    database_.setHours(doctor_, 2, {{13h, 17h}});
    EXPECT_EQ(runOffers(), 1);
    EXPECT_EQ(statusOf(entry), "waiting");

    database_.setHours(doctor_, 2, {{9h, 17h}});
    const auto ten = book(wanted(at(10)));
    cancel(ten);
    database_.transaction([&](testing::InMemoryTables& tables) { tables.doctors.at(doctor_).doctor.active = false; });
    EXPECT_EQ(runOffers(), 1);
    EXPECT_EQ(statusOf(entry), "waiting");
}

TEST_F(WaitlistTest, AsksThePolicy) {
    class Nothing final : public AvailabilityPolicy {
    public:
        std::vector<base::Interval> slots(const domain::AvailabilityQuery&) const override { return {}; }
        bool admits(const domain::AvailabilityQuery&, base::Instant) const override { return false; }
    };
    const auto entry = *join(wish(other_));
    cancel(booked_);
    policies_ = testing::OnePolicy{std::make_shared<Nothing>()};
    EXPECT_EQ(runOffers(), 1);
    EXPECT_EQ(statusOf(entry), "waiting");
}

TEST_F(WaitlistTest, WhoBooksFirstHasIt) {
    const auto entry = *join(wish(other_));
    cancel(booked_);
    book(wanted(at(9)));
    EXPECT_EQ(runOffers(), 1);
    EXPECT_EQ(statusOf(entry), "waiting");
}

TEST_F(WaitlistTest, PassesOverWhoIsElsewhereAtThatTime) {
    domain::Doctor doctor;
    doctor.name = "Dr. Elsewhere";
    const auto elsewhere = database_.addDoctor(doctor);
    database_.setHours(elsewhere, 2, {{9h, 17h}});
    const auto busy = patient("Busy");
    auto appointment = wanted(at(9, 15));
    appointment.doctor = elsewhere;
    appointment.patient = busy;
    book(appointment);
    const auto first = *join(wish(busy));
    const auto second = *join(wish(other_));
    cancelAndOffer(booked_);
    EXPECT_EQ(statusOf(first), "waiting");
    EXPECT_EQ(statusOf(second), "promoted");
}

TEST_F(WaitlistTest, PassesOverWhoGaveTheTimeUp) {
    const auto own = *join(wish(patient_));
    cancelAndOffer(booked_);
    EXPECT_EQ(statusOf(own), "waiting");
}

TEST_F(WaitlistTest, ReschedulingOffersTheOldTime) {
    const auto entry = *join(wish(other_));
    ASSERT_TRUE((RescheduleAppointment{appointments_, policies_, queue_, clock_, clinic_}(booked_, at(11))));
    EXPECT_EQ(runOffers(), 1);
    ASSERT_TRUE(got(entry));
    EXPECT_EQ(got(entry)->start, at(9));
}

TEST_F(WaitlistTest, TheSameOfferTwiceMakesOneAppointment) {
    const auto first = *join(wish(other_));
    const auto second = *join(wish(patient("Second")));
    cancelAndOffer(booked_);
    const PromoteWaitlist promote{waitlist_, strategies_, policies_, queue_, clock_, clinic_};
    EXPECT_EQ(promote(*lastOffer_).outcome, JobOutcome::Done);
    EXPECT_EQ(statusOf(first), "promoted");
    EXPECT_EQ(statusOf(second), "waiting");
}

TEST_F(WaitlistTest, OtherDaysAndExpiredEntriesAreNotAsked) {
    auto other = wish(other_);
    other.desiredDate = base::addDays(kTuesday, 7);
    const auto otherDay = *join(other);
    const auto old = *join(wish(patient("Old")));
    database_.transaction([&](testing::InMemoryTables& tables) {
        tables.waitlist.at(old).entry.createdAt = clock_.now() - clinic_.waitlist.expireAfter - 1ms;
    });
    cancelAndOffer(booked_);
    EXPECT_EQ(statusOf(otherDay), "waiting");
    EXPECT_EQ(statusOf(old), "waiting");
}

TEST_F(WaitlistTest, AnOfferThatSaysNothingFails) {
    const PromoteWaitlist promote{waitlist_, strategies_, policies_, queue_, clock_, clinic_};
    for (const auto* payload : {"", "[]", "{", R"({"doctor_id": 1})",
                                R"({"doctor_id": 1, "start_ms": "x", "duration": 30, "type": "standard"})",
                                R"({"doctor_id": 1, "start_ms": 1, "duration": 31, "type": "standard"})",
                                R"({"doctor_id": 1, "start_ms": 1, "duration": 30, "type": "else"})"}) {
        ClaimedJob job;
        job.payload = payload;
        EXPECT_EQ(promote(job).outcome, JobOutcome::Failed) << payload;
    }
}

TEST_F(WaitlistTest, AQueueThatIsAwayKeepsNobodyFromBeingPromoted) {
    const auto entry = *join(wish(other_));
    queue_.setFailing(true);
    cancelAndOffer(booked_);
    EXPECT_EQ(statusOf(entry), "promoted");
}

// ---- expiry

TEST_F(WaitlistTest, EndsEntriesAtMidnightOfTheClinic) {
    worker::WaitlistExpiry expiry{waitlist_, jobs_, clock_, clinic_};
    auto today = wish(other_);
    today.desiredDate = clinic_.zone.toLocal(clock_.now()).date;
    const auto entry = *join(today);
    const auto old = *join(wish(patient_));
    const auto fresh = *join(wish(other_));
    const auto midnight = clinic_.zone.day(today.desiredDate).end;
    database_.transaction([&](testing::InMemoryTables& tables) {
        tables.waitlist.at(old).entry.createdAt = midnight - clinic_.waitlist.expireAfter - 1ms;
        tables.waitlist.at(fresh).entry.createdAt = midnight - clinic_.waitlist.expireAfter;
    });

    EXPECT_GT(expiry.turn(), 0ms);
    clock_.set(midnight - 1ms);
    EXPECT_EQ(expiry.turn(), 1ms) << "it wakes at midnight sharp";
    EXPECT_EQ(statusOf(entry), "waiting");
    clock_.set(midnight);
    expiry.turn();
    EXPECT_EQ(statusOf(entry), "expired");
    EXPECT_EQ(statusOf(old), "expired");
    EXPECT_EQ(statusOf(fresh), "waiting");
}

TEST_F(WaitlistTest, OneProcessAtATimeEndsEntries) {
    auto past = wish(other_);
    past.desiredDate = clinic_.zone.toLocal(clock_.now()).date;
    const auto entry = *join(past);
    clock_.set(clinic_.zone.day(past.desiredDate).end);
    worker::WaitlistExpiry expiry{waitlist_, jobs_, clock_, clinic_};
    jobs_.alone("waitlist-expiry", [&] { expiry.turn(); });
    EXPECT_EQ(statusOf(entry), "waiting");
}

} // namespace
} // namespace rota::app
