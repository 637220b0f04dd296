#include "app/book_appointment.hpp"
#include "app/cancel_appointment.hpp"
#include "app/promote_waitlist.hpp"
#include "postgres_stores.hpp"
#include "support/example_times.hpp"
#include "support/in_memory_job_queue.hpp"
#include "support/manual_clock.hpp"
#include "support/oldest_first.hpp"
#include "support/standard_policy.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <functional>
#include <thread>

namespace rota::testing {
namespace {

using std::chrono::hours;

/// Promotions against each other and against bookings, through the use cases and on the real database.
class PromotionRaceTest : public ::testing::Test {
protected:
    PromotionRaceTest() {
        domain::Doctor doctor;
        doctor.name = "Dr. Ada Quill";
        doctor.specialty = "Cardiology";
        for (auto* id : {&doctor_, &otherDoctor_}) {
            *id = stores_.addDoctor(doctor);
            for (unsigned day = 0; day < 7; ++day)
                stores_.setHours(*id, day, {{hours{8}, hours{18}}});
        }
        holder_ = patient("Holder");
        rival_ = patient("Rival");
    }

    base::PatientId patient(const std::string& name) {
        domain::Patient patient;
        patient.name = name;
        patient.email = "kim@example.org";
        patient.phone = "555-010-0100";
        patient.dateOfBirth = kTuesday;
        return stores_.patients().findOrCreate(patient, clock_.now()).patient.id;
    }

    base::Instant at(base::Date date, int hour, int minute = 0) const {
        return clinic_.zone.day(date).begin + hours{hour} + base::Minutes{minute};
    }

    base::AppointmentId booked(base::DoctorId doctor, base::PatientId patient, base::Instant start) {
        return book_({doctor, patient, start, base::Minutes{30}, domain::VisitType::Standard})->id;
    }

    base::WaitlistId waits(base::DoctorId doctor, base::PatientId patient, base::Date date) {
        const domain::WaitlistEntry entry{{}, doctor, patient, date, domain::PreferredRange::Any, 0, clock_.now()};
        return *stores_.waitlist().add(entry, domain::waitlistHorizon(clinic_.waitlist, clinic_.zone, clock_.now()),
                                       [](const app::PatientsEntries&) { return true; });
    }

    /// The offers that are due, as a worker claims them.
    std::vector<app::ClaimedJob> offers() {
        std::vector<app::ClaimedJob> offers;
        for (auto& job : stores_.jobs().claimDue(64, clock_.now(), clock_.now() + hours{1}))
            if (job.kind == domain::JobKind::PromoteWaitlist) offers.push_back(std::move(job));
        return offers;
    }

    static void atOnce(const std::vector<std::function<void()>>& work) {
        std::barrier start(static_cast<std::ptrdiff_t>(work.size()));
        std::vector<std::thread> threads;
        for (const auto& one : work)
            threads.emplace_back([&] {
                start.arrive_and_wait();
                try {
                    one();
                } catch (const std::exception& error) {
                    ADD_FAILURE() << error.what();
                }
            });
        for (auto& thread : threads)
            thread.join();
    }

    std::int64_t overlappingPairs() {
        return stores_.database.number(R"sql(
            SELECT COUNT(*) FROM appointments a JOIN appointments b ON a.doctor_id = b.doctor_id AND a.id < b.id
             WHERE a.status <> 'cancelled' AND b.status <> 'cancelled'
               AND (a.start_time, a.duration * INTERVAL '1 minute') OVERLAPS
                   (b.start_time, b.duration * INTERVAL '1 minute'))sql");
    }
    std::int64_t promoted() {
        return stores_.database.number("SELECT COUNT(*) FROM waitlist WHERE status = 'promoted'");
    }
    std::int64_t notices() {
        return stores_.database.number("SELECT COUNT(*) FROM jobs WHERE kind = 'promotion_notice'");
    }

    PostgresStores stores_;
    InMemoryJobQueue queue_;
    OnePolicy policies_;
    OldestFirst strategies_;
    ManualClock clock_{base::Zone{"America/New_York"}.day(kTuesday).begin - hours{7 * 24}};
    app::Clinic clinic_;
    app::BookAppointment book_{stores_.appointments(), policies_, queue_, clock_, clinic_};
    app::CancelAppointment cancel_{stores_.appointments(), stores_.deliveries(), queue_, clock_, clinic_};
    app::PromoteWaitlist promote_{stores_.waitlist(), strategies_, policies_, queue_, clock_, clinic_};
    base::DoctorId doctor_;
    base::DoctorId otherDoctor_;
    base::PatientId holder_;
    base::PatientId rival_;
};

TEST_F(PromotionRaceTest, APromotionAgainstABookingGivesTheTimeToOne) {
    int rounds = 0;
    for (; rounds < 50; ++rounds) {
        const base::Date date = base::addDays(kTuesday, rounds);
        const auto entry = waits(doctor_, patient("Waiter " + std::to_string(rounds)), date);
        ASSERT_TRUE(cancel_(booked(doctor_, holder_, at(date, 9))));
        const auto due = offers();
        ASSERT_EQ(due.size(), 1u);

        std::atomic<bool> rivalGotIt{false};
        // The same job twice, as after a lease that ran out, against a booking of the same time.
        atOnce({[&] { EXPECT_EQ(promote_(due[0]).outcome, app::JobOutcome::Done); },
                [&] { EXPECT_EQ(promote_(due[0]).outcome, app::JobOutcome::Done); },
                [&] {
                    rivalGotIt = book_({doctor_, rival_, at(date, 9, rounds % 2 * 15), base::Minutes{30},
                                        domain::VisitType::Standard})
                                     .has_value();
                }});
        const auto status =
            stores_.database.value("SELECT status FROM waitlist WHERE id = " + std::to_string(entry.value));
        EXPECT_EQ(status, rivalGotIt ? "waiting" : "promoted") << "round " << rounds;
        EXPECT_EQ(overlappingPairs(), 0);
    }
    EXPECT_EQ(stores_.database.number("SELECT COUNT(*) FROM appointments WHERE status = 'scheduled'"), rounds);
    EXPECT_EQ(promoted(), notices()) << "each with its mail, none promoted twice";
}

TEST_F(PromotionRaceTest, TwoCancellationsAtOncePromoteTwoDifferentPatients) {
    for (int round = 0; round < 15; ++round) {
        const base::Date date = base::addDays(kTuesday, round);
        const auto nine = booked(doctor_, holder_, at(date, 9));
        const auto ten = booked(doctor_, rival_, at(date, 10));
        waits(doctor_, patient("First " + std::to_string(round)), date);
        waits(doctor_, patient("Second " + std::to_string(round)), date);
        atOnce({[&] { EXPECT_TRUE(cancel_(nine)); }, [&] { EXPECT_TRUE(cancel_(ten)); }});
        const auto due = offers();
        ASSERT_EQ(due.size(), 2u);
        atOnce({[&] { promote_(due[0]); }, [&] { promote_(due[1]); }});
        // Who lost the race for the oldest entry finds it promoted and takes the next one.
        EXPECT_EQ(promoted(), 2 * (round + 1));
        EXPECT_EQ(overlappingPairs(), 0);
    }
    EXPECT_EQ(notices(), promoted());
}

TEST_F(PromotionRaceTest, APromotionWaitsForABookingOfItsPatientThatIsBeingMade) {
    const auto freed = booked(doctor_, holder_, at(kTuesday, 9));
    const auto waiter = patient("Waiter");
    waits(doctor_, waiter, kTuesday);
    ASSERT_TRUE(cancel_(freed));
    const auto due = offers();
    ASSERT_EQ(due.size(), 1u);

    // Elsewhere and at the same time: inserted, and not committed.
    postgres::Connection other(stores_.database.settings());
    postgres::Transaction booking(other);
    other.query("INSERT INTO appointments (doctor_id, patient_id, start_time, duration, type) "
                "VALUES ($1::bigint, $2::bigint, $3::timestamp, 30, 'standard')",
                {otherDoctor_, waiter, at(kTuesday, 9)});
    std::thread promotion([&] { EXPECT_EQ(promote_(due[0]).outcome, app::JobOutcome::Done); });
    const auto waitsForALock = [&] {
        return stores_.database.number("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() "
                                       "AND wait_event_type = 'Lock'") > 0;
    };
    for (int i = 0; i < 100 && !waitsForALock(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    booking.commit();
    promotion.join();
    EXPECT_EQ(promoted(), 0) << "into a time at which the patient is elsewhere";
}

TEST_F(PromotionRaceTest, NobodyIsPromotedIntoTwoTimesThatOverlap) {
    for (int round = 0; round < 15; ++round) {
        const base::Date date = base::addDays(kTuesday, round);
        const auto here = booked(doctor_, holder_, at(date, 9));
        const auto there = booked(otherDoctor_, rival_, at(date, 9));
        const auto waiter = patient("Waiter " + std::to_string(round));
        waits(doctor_, waiter, date);
        waits(otherDoctor_, waiter, date);
        ASSERT_TRUE(cancel_(here));
        ASSERT_TRUE(cancel_(there));
        const auto due = offers();
        ASSERT_EQ(due.size(), 2u);
        atOnce({[&] { promote_(due[0]); }, [&] { promote_(due[1]); }});
        EXPECT_EQ(promoted(), round + 1) << "the other entry goes on waiting";
    }
}

} // namespace
} // namespace rota::testing
