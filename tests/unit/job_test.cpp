#include "domain/doctor.hpp"
#include "domain/job.hpp"

#include <gtest/gtest.h>

namespace rota::domain {
namespace {

using namespace std::chrono_literals;

const Instant kBookedAt = base::fromUnixMs(1'773'144'000'123);

TEST(JobsForBooking, AConfirmationAndBothReminders) {
    const auto start = kBookedAt + 72h;
    EXPECT_EQ(jobsForBooking(kBookedAt, start, {}), (std::vector<PlannedJob>{{JobKind::Confirmation, kBookedAt},
                                                                             {JobKind::EmailReminder, start - 24h},
                                                                             {JobKind::SmsReminder, start - 2h}}));
}

TEST(JobsForBooking, InsideADayTheEmailStandsForTheConfirmation) {
    const auto early = kBookedAt + 24h + 1ms;
    EXPECT_EQ(jobsForBooking(kBookedAt, early, {}).size(), 3u);
    for (const auto ahead : {base::Milliseconds{24h}, base::Milliseconds{24h - 1ms}, base::Milliseconds{3h}}) {
        const auto start = kBookedAt + ahead;
        EXPECT_EQ(jobsForBooking(kBookedAt, start, {}),
                  (std::vector<PlannedJob>{{JobKind::EmailReminder, kBookedAt}, {JobKind::SmsReminder, start - 2h}}));
    }
}

TEST(JobsForBooking, InsideTwoHoursTheSmsGoesAtOnceToo) {
    const std::vector<PlannedJob> atOnce{{JobKind::EmailReminder, kBookedAt}, {JobKind::SmsReminder, kBookedAt}};
    EXPECT_EQ(jobsForBooking(kBookedAt, kBookedAt + 2h, {}), atOnce);
    EXPECT_EQ(jobsForBooking(kBookedAt, kBookedAt + 1h, {}), atOnce);
    EXPECT_EQ(jobsForBooking(kBookedAt, kBookedAt + 2h + 1ms, {})[1].runAt, kBookedAt + 1ms);
}

TEST(JobsForBooking, LeadsAreTheClinics) {
    const auto start = kBookedAt + 10h;
    EXPECT_EQ(jobsForBooking(kBookedAt, start, {.emailBefore = 5h, .smsBefore = 1h}),
              (std::vector<PlannedJob>{{JobKind::Confirmation, kBookedAt},
                                       {JobKind::EmailReminder, start - 5h},
                                       {JobKind::SmsReminder, start - 1h}}));
}

TEST(JobKind, NamesComeBack) {
    for (const auto kind : {JobKind::Confirmation, JobKind::EmailReminder, JobKind::SmsReminder,
                            JobKind::PromoteWaitlist, JobKind::PromotionNotice, JobKind::CancellationNotice,
                            JobKind::RescheduleNotice, JobKind::UnclearReplyNotice, JobKind::UnclearReplyAlert})
        EXPECT_EQ(parseJobKind(toString(kind)), kind);
    EXPECT_FALSE(parseJobKind("Confirmation"));
    EXPECT_FALSE(parseJobKind(""));
}

TEST(JobKind, KnowsItsMediumAndWhetherItNeedsItsAppointment) {
    EXPECT_EQ(mediumOf(JobKind::EmailReminder), Medium::Email);
    EXPECT_EQ(mediumOf(JobKind::SmsReminder), Medium::Sms);
    EXPECT_FALSE(mediumOf(JobKind::PromoteWaitlist));
    for (const auto kind : {JobKind::Confirmation, JobKind::EmailReminder, JobKind::SmsReminder,
                            JobKind::PromotionNotice, JobKind::RescheduleNotice})
        EXPECT_TRUE(requiresStanding(kind)) << "it tells when the patient is expected";
    for (const auto kind : {JobKind::PromoteWaitlist, JobKind::CancellationNotice, JobKind::UnclearReplyNotice})
        EXPECT_FALSE(requiresStanding(kind));
}

TEST(Appointment, NamesComeBack) {
    for (const auto type : {VisitType::FollowUp, VisitType::Standard, VisitType::NewPatient})
        EXPECT_EQ(parseVisitType(toString(type)), type);
    for (const auto status : {AppointmentStatus::Scheduled, AppointmentStatus::Completed, AppointmentStatus::Cancelled,
                              AppointmentStatus::NoShow})
        EXPECT_EQ(parseAppointmentStatus(toString(status)), status);
    EXPECT_FALSE(parseVisitType("Standard"));
    EXPECT_FALSE(parseAppointmentStatus("gone"));
}

TEST(Appointment, ThreeDurationsAreBooked) {
    for (int minutes = -60; minutes <= 120; ++minutes)
        EXPECT_EQ(isBookableDuration(Minutes{minutes}), minutes == 15 || minutes == 30 || minutes == 60) << minutes;
}

TEST(Doctor, IsNamedWithoutTheTitleInMessages) {
    EXPECT_EQ(nameWithoutTitle("Dr. Sarah Johnson"), "Sarah Johnson");
    EXPECT_EQ(nameWithoutTitle("Sarah Johnson"), "Sarah Johnson");
    EXPECT_EQ(nameWithoutTitle("Drake Dr. No"), "Drake Dr. No");
}

} // namespace
} // namespace rota::domain
