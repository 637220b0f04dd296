#include "support/test_database.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <functional>
#include <thread>

namespace rota::testing {
namespace {

/// What the database refuses by itself, whatever the program believes.
class ConstraintsTest : public ::testing::Test {
protected:
    ConstraintsTest() {
        database_.execute(R"sql(
            INSERT INTO doctors (id, name, specialty) VALUES (1, 'Dr. Ada Quill', 'Cardiology'), (2, 'Dr. B', 'X');
            INSERT INTO patients (id, name, email, phone, date_of_birth, name_key)
            VALUES (1, 'Kim', 'kim@example.org', '555-010-0100', '1990-01-01', 'kim'))sql");
    }

    static std::string insert(const std::string& start, int minutes, int doctor = 1) {
        return "INSERT INTO appointments (doctor_id, patient_id, start_time, duration, type) VALUES (" +
               std::to_string(doctor) + ", 1, '2026-03-10 " + start + "', " + std::to_string(minutes) + ", 'standard')";
    }

    /// The constraint that refuses `sql`; empty where none does.
    std::string refusedBy(const std::string& sql) {
        try {
            database_.execute(sql);
        } catch (const app::StorageError& error) {
            return error.constraint().empty() ? error.what() : error.constraint();
        }
        return "";
    }

    TestDatabase database_;
};

TEST_F(ConstraintsTest, AppointmentsOfADoctorNeverOverlap) {
    database_.execute(insert("10:00", 30));
    EXPECT_EQ(refusedBy(insert("10:15", 30)), "appointments_no_overlap");
    EXPECT_EQ(refusedBy(insert("09:30", 60)), "appointments_no_overlap");
    EXPECT_EQ(refusedBy(insert("10:15", 15)), "appointments_no_overlap");
    EXPECT_NE(refusedBy(insert("10:00", 15)), "");
    EXPECT_EQ(refusedBy(insert("10:30", 15)), "") << "touching is not overlapping";
    EXPECT_EQ(refusedBy(insert("09:45", 15)), "");
    EXPECT_EQ(refusedBy(insert("10:15", 30, 2)), "") << "another doctor";

    database_.execute("UPDATE appointments SET status = 'cancelled' WHERE doctor_id = 1");
    EXPECT_EQ(refusedBy(insert("10:15", 30)), "");
    EXPECT_NE(refusedBy("UPDATE appointments SET status = 'scheduled' WHERE start_time = '2026-03-10 10:30'"), "")
        << "a cancelled one does not come back over another";
}

TEST_F(ConstraintsTest, AppointmentsAreWhatTheClinicOffers) {
    EXPECT_EQ(refusedBy(insert("10:00", 45)), "appointments_duration");
    EXPECT_EQ(refusedBy(insert("10:00:30", 15)), "appointments_whole_minutes");
    EXPECT_EQ(refusedBy(R"sql(INSERT INTO appointments (doctor_id, patient_id, start_time, duration, type)
                              VALUES (1, 1, '2026-03-10 10:00', 30, 'new-patient'))sql"),
              "appointments_new_patient");
    EXPECT_EQ(refusedBy(R"sql(INSERT INTO appointments (doctor_id, patient_id, start_time, duration, type)
                              VALUES (1, 1, '2026-03-10 10:00', 30, 'party'))sql"),
              "appointments_type");
    database_.execute(insert("10:00", 30));
    EXPECT_EQ(refusedBy("UPDATE appointments SET status = 'lost'"), "appointments_status");
}

TEST_F(ConstraintsTest, HoursOfADayNeverOverlap) {
    const auto shift = [](const std::string& begin, const std::string& end) {
        return "INSERT INTO schedules (doctor_id, day_of_week, start_time, end_time) VALUES (1, 2, '" + begin + "', '" +
               end + "')";
    };
    database_.execute(shift("08:00", "12:00"));
    EXPECT_EQ(refusedBy(shift("13:00", "24:00")), "") << "a split day, to midnight";
    EXPECT_EQ(refusedBy(shift("11:00", "12:30")), "schedules_no_overlap");
    EXPECT_EQ(refusedBy(shift("23:00", "23:30")), "schedules_no_overlap");
    EXPECT_EQ(refusedBy(shift("12:30", "12:30")), "schedules_order");
    EXPECT_NE(refusedBy(shift("08:00", "09:00")), "");
    EXPECT_EQ(refusedBy(shift("12:00", "13:00")), "");
}

TEST_F(ConstraintsTest, NobodyWaitsTwiceForADay) {
    const std::string wait = "INSERT INTO waitlist (doctor_id, patient_id, desired_date) VALUES (1, 1, '2026-03-10')";
    database_.execute(wait);
    EXPECT_EQ(refusedBy(wait), "waitlist_one_waiting");
    database_.execute("UPDATE waitlist SET status = 'expired'");
    EXPECT_EQ(refusedBy(wait), "");
}

TEST_F(ConstraintsTest, AllGoesWithADoctor) {
    database_.execute(insert("10:00", 30));
    database_.execute(R"sql(
        INSERT INTO schedules (doctor_id, day_of_week, start_time, end_time) VALUES (1, 2, '08:00', '12:00');
        INSERT INTO doctor_time_off (doctor_id, start_date, end_date) VALUES (1, '2026-03-10', '2026-03-10');
        INSERT INTO waitlist (doctor_id, patient_id, desired_date) VALUES (1, 1, '2026-03-10');
        INSERT INTO jobs (kind, appointment_id, patient_id, dedupe_key, run_at, not_after, created_at)
        SELECT 'confirmation', id, 1, 'k', '2026-03-10', '2026-03-10', '2026-03-10' FROM appointments;
        INSERT INTO deliveries (job_id, attempt, channel, outcome, started_at, finished_at)
        SELECT id, 1, 'console', 'sent', '2026-03-10', '2026-03-10' FROM jobs;
        DELETE FROM doctors WHERE id = 1)sql");
    for (const char* table : {"appointments", "schedules", "doctor_time_off", "waitlist", "jobs", "deliveries"})
        EXPECT_EQ(database_.number(std::string("SELECT COUNT(*) FROM ") + table), 0) << table;
}

// No version check, no lock, no transaction of ours: the constraint alone. Unequal starts that all overlap.
TEST_F(ConstraintsTest, OfManyRacingInsertsOneStands) {
    constexpr int kThreads = 24;
    const std::vector<std::pair<std::string, int>> wanted{{"09:00", 60}, {"09:15", 30}, {"09:30", 15}, {"09:15", 60}};
    // 09:15/30 and 09:30/15 overlap, as do all pairs of these: so exactly one may stand.
    for (int round = 0; round < 10; ++round) {
        database_.execute("DELETE FROM appointments");
        std::atomic<int> made{0};
        std::atomic<int> failed{0};
        std::barrier start(kThreads);
        std::vector<std::thread> threads;
        for (int i = 0; i < kThreads; ++i)
            threads.emplace_back([&, i] {
                postgres::Connection connection(database_.settings());
                const auto& [begin, minutes] = wanted[static_cast<std::size_t>(i) % wanted.size()];
                start.arrive_and_wait();
                try {
                    made += connection.execute(insert(begin, minutes) + " ON CONFLICT DO NOTHING").affected() == 1;
                } catch (const app::StorageError& error) {
                    ADD_FAILURE() << error.what();
                    ++failed;
                }
            });
        for (std::thread& thread : threads)
            thread.join();
        EXPECT_EQ(made, 1);
        EXPECT_EQ(failed, 0);
        EXPECT_EQ(database_.number("SELECT COUNT(*) FROM appointments"), 1);
    }
}

} // namespace
} // namespace rota::testing
