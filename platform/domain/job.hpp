#pragma once

#include "domain/appointment.hpp"
#include "domain/quiet_hours.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rota::domain {

/// Everything that happens later.
enum class JobKind {
    Confirmation,       ///< email, at once
    EmailReminder,      ///< a day before
    SmsReminder,        ///< two hours before
    PromoteWaitlist,    ///< work: offers a freed slot to the waitlist
    PromotionNotice,    ///< email to the patient who got a freed slot
    CancellationNotice, ///< email
    RescheduleNotice,   ///< email
    UnclearReplyNotice, ///< email: a text from the patient's phone cancelled nothing
    UnclearReplyAlert   ///< email to the clinic, of the same
};
inline constexpr std::array kJobKinds{
    JobKind::Confirmation,     JobKind::EmailReminder,      JobKind::SmsReminder,
    JobKind::PromoteWaitlist,  JobKind::PromotionNotice,    JobKind::CancellationNotice,
    JobKind::RescheduleNotice, JobKind::UnclearReplyNotice, JobKind::UnclearReplyAlert};
static_assert(kJobKinds.size() == static_cast<std::size_t>(JobKind::UnclearReplyAlert) + 1);

std::string_view toString(JobKind kind); ///< "confirmation", "email_reminder", "sms_reminder", "promote_waitlist", …
std::optional<JobKind> parseJobKind(std::string_view text);

enum class Medium { Email, Sms };

/// The medium of a kind that is a message; none for work.
std::optional<Medium> mediumOf(JobKind kind);

/// Whether a job of this kind runs only while its appointment stands, at the schedule version it was made for.
bool requiresStanding(JobKind kind);

struct PlannedJob {
    JobKind kind;
    Instant runAt;

    bool operator==(const PlannedJob&) const = default;
};

struct ReminderLeads {
    base::Milliseconds emailBefore = std::chrono::hours{24};
    base::Milliseconds smsBefore = std::chrono::hours{2};
    std::optional<QuietHours> quiet{}; ///< in which reminders do not go out
};

/// What a booking leaves to be done: a confirmation and both reminders. A reminder whose time has passed already goes
/// at once; where that is the email, it stands for the confirmation, which is then not sent too, and so is not kept
/// back by quiet hours.
std::vector<PlannedJob> jobsForBooking(Instant now, Instant start, const ReminderLeads& leads);

/// What a new time that the patient did not just book leaves to be done, by rescheduling or from the waitlist: the mail
/// that says so at once, whatever else goes out, and both reminders.
std::vector<PlannedJob> jobsForNewTime(JobKind notice, Instant now, Instant start, const ReminderLeads& leads);

} // namespace rota::domain
