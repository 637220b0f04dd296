#include "domain/job.hpp"

#include <algorithm>

namespace rota::domain {

std::string_view toString(JobKind kind) {
    switch (kind) {
    case JobKind::Confirmation: return "confirmation";
    case JobKind::EmailReminder: return "email_reminder";
    case JobKind::SmsReminder: return "sms_reminder";
    case JobKind::PromoteWaitlist: return "promote_waitlist";
    case JobKind::PromotionNotice: return "promotion_notice";
    case JobKind::CancellationNotice: return "cancellation_notice";
    case JobKind::RescheduleNotice: return "reschedule_notice";
    case JobKind::UnclearReplyNotice: return "unclear_reply_notice";
    case JobKind::UnclearReplyAlert: return "unclear_reply_alert";
    }
    return "";
}

std::optional<JobKind> parseJobKind(std::string_view text) {
    for (const auto kind : kJobKinds)
        if (text == toString(kind)) return kind;
    return std::nullopt;
}

std::optional<Medium> mediumOf(JobKind kind) {
    switch (kind) {
    case JobKind::PromoteWaitlist: return std::nullopt;
    case JobKind::SmsReminder: return Medium::Sms;
    case JobKind::Confirmation:
    case JobKind::EmailReminder:
    case JobKind::PromotionNotice:
    case JobKind::CancellationNotice:
    case JobKind::RescheduleNotice:
    case JobKind::UnclearReplyNotice:
    case JobKind::UnclearReplyAlert: return Medium::Email;
    }
    return std::nullopt;
}

bool requiresStanding(JobKind kind) {
    switch (kind) {
    case JobKind::Confirmation:
    case JobKind::EmailReminder:
    case JobKind::SmsReminder:
    case JobKind::PromotionNotice:
    case JobKind::RescheduleNotice: return true;
    // The others speak of what was.
    case JobKind::PromoteWaitlist:
    case JobKind::CancellationNotice:
    case JobKind::UnclearReplyNotice:
    case JobKind::UnclearReplyAlert: return false;
    }
    return false;
}

namespace {

Instant reminderAt(Instant now, Instant start, base::Milliseconds before, const ReminderLeads& leads) {
    return outsideQuietHours(leads.quiet, std::max(now, start - before), now, start);
}

} // namespace

std::vector<PlannedJob> jobsForBooking(Instant now, Instant start, const ReminderLeads& leads) {
    std::vector<PlannedJob> jobs;
    const auto emailAt = start - leads.emailBefore;
    if (now < emailAt) jobs.push_back({JobKind::Confirmation, now});
    jobs.push_back({JobKind::EmailReminder, now < emailAt ? reminderAt(now, start, leads.emailBefore, leads) : now});
    jobs.push_back({JobKind::SmsReminder, reminderAt(now, start, leads.smsBefore, leads)});
    return jobs;
}

std::vector<PlannedJob> jobsForNewTime(JobKind notice, Instant now, Instant start, const ReminderLeads& leads) {
    return {{notice, now},
            {JobKind::EmailReminder, reminderAt(now, start, leads.emailBefore, leads)},
            {JobKind::SmsReminder, reminderAt(now, start, leads.smsBefore, leads)}};
}

} // namespace rota::domain
