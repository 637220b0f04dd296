#include "app/book_appointment.hpp"
#include "app/change_schedule.hpp"
#include "app/find_availability.hpp"
#include "support/in_memory_schedule_store.hpp"
#include "unit/clinic_in_memory.hpp"

namespace rota::app {
namespace {

using namespace std::chrono_literals;

class ChangeScheduleTest : public testing::ClinicInMemory {
protected:
    base::AppointmentId booked(base::Instant start) {
        return BookAppointment{appointments_, policies_, queue_, clock_, clinic_}(wanted(start)).value().id;
    }
    std::size_t offered() {
        return FindAvailability{doctors_, policies_, clock_, clinic_}(doctor_, kTuesday, 30min,
                                                                      domain::VisitType::Standard)
            .value()
            .size();
    }
    static std::vector<base::AppointmentId> idsOf(const ChangeSchedule::Affected& affected) {
        std::vector<base::AppointmentId> ids;
        for (const auto& visit : affected)
            ids.push_back(visit.id);
        return ids;
    }
    const std::vector<domain::WorkingHours> tenToEleven_{{2, {10h, 11h}}};

    testing::InMemoryScheduleStore schedules_{database_};
    ChangeSchedule change_{schedules_, clock_, clinic_};
};

TEST_F(ChangeScheduleTest, NewHoursHoldAtOnceAndLeaveAppointmentsAlone) {
    const auto early = booked(at(9));
    booked(at(10));
    const auto affected = change_.setWeek(doctor_, tenToEleven_, Mode::Change);
    ASSERT_TRUE(affected);
    EXPECT_EQ(idsOf(*affected), std::vector{early});
    EXPECT_EQ(affected->front().patientName, "Ann Example");
    EXPECT_EQ(schedules_.week(doctor_), tenToEleven_);
    EXPECT_EQ(offered(), 1u);
    EXPECT_EQ(appointments_.find(early)->appointment.status, domain::AppointmentStatus::Scheduled);
}

TEST_F(ChangeScheduleTest, APreviewOnlySays) {
    const auto early = booked(at(9));
    const auto week = schedules_.week(doctor_);
    EXPECT_EQ(idsOf(*change_.setWeek(doctor_, {}, Mode::Preview)), std::vector{early});
    EXPECT_EQ(idsOf(change_.addTimeOff(doctor_, {kTuesday, kTuesday}, "", Mode::Preview)->affected),
              std::vector{early});
    domain::DoctorDetails details;
    details.active = false;
    EXPECT_EQ(idsOf(change_.setDetails(doctor_, details, Mode::Preview)->affected), std::vector{early});
    EXPECT_EQ(schedules_.week(doctor_), week);
    EXPECT_TRUE(schedules_.timeOff(doctor_, kTuesday)->empty());
    EXPECT_TRUE(doctors_.find(doctor_)->active);
}

TEST_F(ChangeScheduleTest, TimeOffBlocksItsDaysUntilItIsRemoved) {
    const auto taken = booked(at(9));
    const auto added = change_.addTimeOff(doctor_, {kTuesday, kTuesday}, "private", Mode::Change);
    ASSERT_TRUE(added);
    EXPECT_EQ(idsOf(added->affected), std::vector{taken});
    EXPECT_EQ(offered(), 0u);
    EXPECT_EQ(change_.removeTimeOff(doctor_, added->timeOff.id), true);
    EXPECT_EQ(change_.removeTimeOff(doctor_, added->timeOff.id), false);
    EXPECT_EQ(offered(), 5u);
}

TEST_F(ChangeScheduleTest, WhatHasPassedIsNotAffected) {
    booked(at(9));
    clock_.set(at(9));
    EXPECT_TRUE(change_.setWeek(doctor_, {}, Mode::Preview)->empty());
}

TEST_F(ChangeScheduleTest, ADoctorWhoLeavesLeavesAllThatIsToCome) {
    const auto taken = booked(at(9));
    domain::DoctorDetails details;
    details.specialty = "Dermatology";
    const auto renamed = change_.setDetails(doctor_, details, Mode::Change);
    EXPECT_EQ(renamed->doctor.specialty, "Dermatology");
    EXPECT_EQ(renamed->doctor.name, "Dr. Ada Quill");
    EXPECT_TRUE(renamed->affected.empty());
    details.active = false;
    EXPECT_EQ(idsOf(change_.setDetails(doctor_, details, Mode::Change)->affected), std::vector{taken});
    EXPECT_FALSE((
        FindAvailability{doctors_, policies_, clock_, clinic_}(doctor_, kTuesday, 30min, domain::VisitType::Standard)));
}

TEST_F(ChangeScheduleTest, UnknownDoctorIsNone) {
    EXPECT_FALSE(change_.setWeek({999}, {}, Mode::Change));
    EXPECT_FALSE(change_.addTimeOff({999}, {kTuesday, kTuesday}, "", Mode::Change));
    EXPECT_FALSE(change_.removeTimeOff({999}, {1}));
    EXPECT_FALSE(change_.setDetails({999}, {}, Mode::Change));
}

} // namespace
} // namespace rota::app
