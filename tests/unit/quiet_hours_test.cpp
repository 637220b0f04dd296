#include "domain/job.hpp"
#include "domain/quiet_hours.hpp"
#include "support/example_times.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace rota::domain {
namespace {

using namespace std::chrono_literals;
using rota::testing::kZone;

const QuietHours kNight{kZone, 21h, 8h};

base::Instant at(int month, int day, base::Minutes time) {
    const base::Date date{std::chrono::year{2026}, std::chrono::month(static_cast<unsigned>(month)),
                          std::chrono::day(static_cast<unsigned>(day))};
    return *kZone.toUtc({date, time});
}

TEST(QuietHoursTest, AStretchMayReachOverMidnight) {
    EXPECT_FALSE(kNight.around(at(6, 10, 20h + 59min)));
    const base::Interval night{at(6, 10, 21h), at(6, 11, 8h)};
    for (const auto moment : {at(6, 10, 21h), at(6, 10, 23h), at(6, 11, 0h), at(6, 11, 7h + 59min)})
        EXPECT_EQ(kNight.around(moment), night);
    EXPECT_FALSE(kNight.around(at(6, 11, 8h)));

    const QuietHours noon{kZone, 12h, 13h};
    EXPECT_FALSE(noon.around(at(6, 10, 11h)));
    EXPECT_TRUE(noon.around(at(6, 10, 12h)));
    EXPECT_FALSE(noon.around(at(6, 10, 13h)));
}

TEST(QuietHoursTest, FollowTheWallClockThroughItsChanges) {
    // The clocks go forward on March 8 and back on November 1, 2026, at 2:00.
    EXPECT_EQ(kNight.around(at(3, 8, 1h))->end - kNight.around(at(3, 8, 1h))->begin, 10h);
    EXPECT_EQ(kNight.around(at(11, 1, 1h))->end - kNight.around(at(11, 1, 1h))->begin, 12h);
    const QuietHours toASkippedTime{kZone, 21h, 2h + 30min};
    EXPECT_EQ(toASkippedTime.around(at(3, 8, 1h))->end, at(3, 8, 3h));
}

TEST(QuietHoursTest, AReminderWaitsForTheirEndWhereItIsOfUseThen) {
    const auto now = at(6, 1, 12h);
    const auto due = at(6, 10, 22h);
    EXPECT_EQ(outsideQuietHours(kNight, due, now, at(6, 11, 22h)), at(6, 11, 8h));
    EXPECT_EQ(outsideQuietHours(kNight, due, now, at(6, 11, 9h)), at(6, 11, 8h));
    EXPECT_EQ(outsideQuietHours(kNight, due, now, at(6, 11, 8h + 59min)), at(6, 10, 21h)) << "too late to be of use";
    EXPECT_EQ(outsideQuietHours(kNight, due, at(6, 10, 21h + 30min), at(6, 11, 7h)), at(6, 10, 21h + 30min));
    EXPECT_EQ(outsideQuietHours(std::nullopt, due, now, at(6, 11, 9h)), due);
    EXPECT_EQ(outsideQuietHours(kNight, at(6, 10, 12h), now, at(6, 11, 12h)), at(6, 10, 12h));
}

RC_GTEST_PROP(QuietHoursProperties, NeverAfterTheStartNorBeforeNowAndQuietOnlyWhereNothingElseWillDo, ()) {
    const auto minutes = [](int most) { return base::Minutes{*rc::gen::inRange(0, most)}; };
    const QuietHours quiet{kZone, minutes(24 * 60), minutes(24 * 60)};
    RC_PRE(quiet.begin != quiet.end);
    // Around both changes of the clocks, and in between.
    const auto base = *rc::gen::element(at(3, 7, 0h), at(6, 10, 0h), at(10, 31, 0h));
    const auto now = base + minutes(2 * 24 * 60);
    const auto due = now + minutes(2 * 24 * 60);
    const auto start = due + 1min + minutes(24 * 60);
    const auto sent = outsideQuietHours(quiet, due, now, start);
    RC_ASSERT(sent < start);
    RC_ASSERT(sent >= now);
    if (!quiet.around(due)) RC_ASSERT(sent == due);
    if (sent > due) RC_ASSERT(sent + kUsefulBefore <= start);
    if (const auto still = quiet.around(sent)) RC_ASSERT(sent == still->begin || sent == now);
}

TEST(QuietHoursTest, HoldForRemindersAndNotForWhatAnswersThePatient) {
    ReminderLeads leads;
    leads.quiet = kNight;
    const auto start = at(6, 11, 9h + 30min);
    EXPECT_EQ(jobsForBooking(at(6, 1, 23h), start, leads),
              (std::vector<PlannedJob>{{JobKind::Confirmation, at(6, 1, 23h)},
                                       {JobKind::EmailReminder, at(6, 10, 9h + 30min)},
                                       {JobKind::SmsReminder, at(6, 11, 8h)}}));
    EXPECT_EQ(
        jobsForBooking(at(6, 10, 23h), start, leads),
        (std::vector<PlannedJob>{{JobKind::EmailReminder, at(6, 10, 23h)}, {JobKind::SmsReminder, at(6, 11, 8h)}}));
    EXPECT_EQ(jobsForNewTime(JobKind::PromotionNotice, at(6, 10, 23h), start, leads),
              (std::vector<PlannedJob>{{JobKind::PromotionNotice, at(6, 10, 23h)},
                                       {JobKind::EmailReminder, at(6, 11, 8h)},
                                       {JobKind::SmsReminder, at(6, 11, 8h)}}));
}

} // namespace
} // namespace rota::domain
