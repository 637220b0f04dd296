#include "app/deliver_message.hpp"

#include "app/calendar_event.hpp"
#include "app/ports/errors.hpp"
#include "app/provider_text.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "domain/delivery.hpp"

#include <tl/expected.hpp>

#include <algorithm>
#include <exception>
#include <string>
#include <string_view>

namespace rota::app {
namespace {

using base::Milliseconds;
using domain::Medium;
namespace limits = base::limits;

JobResult failed(std::string why) {
    JobResult result;
    result.outcome = JobOutcome::Failed;
    result.error = std::move(why);
    return result;
}

/// A turn that comes so soon is waited for; for a later one the job goes back to the queue.
constexpr Milliseconds kShortWait{100};
/// Until a channel that was busy is offered the message again.
constexpr Milliseconds kBusy = std::chrono::seconds{1};
/// A turn that is older than this was missed, and another one is taken: what piled up must not go out at once.
constexpr Milliseconds kTurnMissed = std::chrono::seconds{2};

using Recipient = tl::expected<std::string, std::string>;

Recipient emailOf(const ClaimedJob& job, const Clinic& clinic) {
    const bool toClinic = job.kind == domain::JobKind::UnclearReplyAlert;
    const std::string& address = toClinic ? clinic.email : job.patientEmail;
    if (address.empty())
        return tl::unexpected(std::string(toClinic ? "the clinic" : "the patient") + " has no email address");
    const bool unsafe = std::ranges::any_of(address, [](unsigned char c) { return c <= 0x20 || c == 0x7f; });
    const auto at = address.find('@');
    if (unsafe || at == 0 || at == std::string::npos || at + 1 == address.size())
        return tl::unexpected<std::string>("the patient's email address is not one");
    return address;
}

/// E.164: the clinic's country and the digits of XXX-XXX-XXXX.
Recipient phoneOf(const ClaimedJob& job, const Clinic& clinic) {
    if (job.patientPhone.empty()) return tl::unexpected<std::string>("the patient has no phone number");
    std::string digits = job.patientPhone;
    std::erase(digits, '-');
    const bool valid = digits.size() == 10 && std::ranges::all_of(digits, base::isDigit);
    if (!valid) return tl::unexpected<std::string>("the patient's phone number is not of the form XXX-XXX-XXXX");
    return clinic.phoneCountry + digits;
}

Recipient recipientOf(const ClaimedJob& job, Medium medium, const Clinic& clinic) {
    return medium == Medium::Email ? emailOf(job, clinic) : phoneOf(job, clinic);
}

/// What the clinic gets is no matter of the patient's wishes.
bool goesToPatient(const ClaimedJob& job) {
    return job.kind != domain::JobKind::UnclearReplyAlert;
}

/// Channels redact what they report; this holds should one forget.
std::string redacted(std::string text, const Message& message) {
    for (const std::string* secret : {&message.to, &message.toName}) {
        if (secret->empty()) continue;
        for (auto at = text.find(*secret); at != std::string::npos; at = text.find(*secret, at + 3))
            text.replace(at, secret->size(), 3, '*');
    }
    return providerText(std::move(text));
}

/// Whether the mail tells a calendar something that it may not know yet. A reminder that comes later than a reminder
/// does stands for the confirmation, or was kept back: then it says the same again.
bool carriesCalendar(const ClaimedJob& job, const Clinic& clinic) {
    using domain::JobKind;
    switch (job.kind) {
    case JobKind::Confirmation:
    case JobKind::RescheduleNotice:
    case JobKind::PromotionNotice:
    case JobKind::CancellationNotice: return true;
    case JobKind::EmailReminder: return job.dueAt > job.appointment.value().start - clinic.leads.emailBefore;
    case JobKind::SmsReminder:
    case JobKind::PromoteWaitlist:
    case JobKind::UnclearReplyNotice:
    case JobKind::UnclearReplyAlert: return false;
    }
    return false;
}

Attachment calendarOf(const ClaimedJob& job, const Clinic& clinic, base::Instant now) {
    const auto& appointment = job.appointment.value();
    return {"appointment.ics", calendarContentType(appointment),
            calendarEvent(appointment, job.doctorName, clinic, now, {job.patientName, job.patientEmail})};
}

std::string idempotencyKeyOf(const ClaimedJob& job) {
    const auto id = domain::deliveryIdOf(job.id);
    return job.round == 0 ? id : id + "-" + std::to_string(job.round);
}

} // namespace

/// One message on its way through the channels.
class DeliverMessage::Offer {
public:
    Offer(const DeliverMessage& deliver, const Message& message, const ClaimedJob& job)
        : deliver_(deliver), message_(message), job_(job) {}

    /// To one channel after another, for as long as it is certain that none has sent it.
    JobResult operator()() {
        for (const auto& channel : candidates()) {
            if (outOfLease()) {
                wait(Milliseconds{0});
                break;
            }
            if (const auto alone = deliver_.ways_.circuit.leftAlone(channel->instance(), now());
                alone > Milliseconds{0}) {
                note(channel->instance(), "is broken and being left alone");
                wait(alone);
                continue;
            }
            if (auto held = paced(*channel)) return *held;
            if (now() >= message_.notAfter)
                return endedBy(JobOutcome::Failed, "its time had passed when its turn came");
            if (auto result = sentBy(*channel)) return *std::move(result);
        }
        return unsent();
    }

private:
    base::Instant now() const { return deliver_.clock_.now(); }

    Channels candidates() const {
        if (job_.onlyChannel.empty()) return deliver_.ways_.channels.channels(message_.medium);
        if (auto only = deliver_.ways_.channels.find(job_.onlyChannel)) return {std::move(only)};
        return {};
    }

    /// Another channel may take its whole deadline too. When the lease would not outlast that, the row would be taken
    /// for one whose sender died; the next attempt goes on instead.
    bool outOfLease() const { return !result_.channel.empty() && now() + limits::kSendAndRecord > job_.leaseUntil; }

    /// A result where its turn at the channel comes later, or not in time. No other channel is tried instead: that one
    /// is slow, not out of order.
    std::optional<JobResult> paced(const Channel& channel) {
        const auto& instance = channel.instance();
        const auto perSecond = deliver_.ways_.rules.of(instance).perSecond;
        if (perSecond <= 0) return std::nullopt;
        if (job_.pacedFor == instance && now() - job_.runAt <= kTurnMissed) return std::nullopt;

        const auto left = std::min(message_.notAfter - now(), RateLimiter::kFurthest);
        const auto turn = deliver_.ways_.pace.take(instance, perSecond, left);
        if (turn > left)
            return endedBy(JobOutcome::Failed, "no turn at the channel " + instance + " was left before its time");
        if (turn <= kShortWait) {
            if (turn > Milliseconds{0}) deliver_.pause_(turn);
            return std::nullopt;
        }
        auto held = heldFor(turn, "waits for its turn at the channel " + instance);
        held.pacedFor = instance;
        return held;
    }

    /// Of a message that was not offered: as if this attempt had not been, should no channel before have tried.
    JobResult heldFor(Milliseconds time, const std::string& why) const {
        auto held = endedBy(JobOutcome::Retry, why);
        held.held = !tried_;
        held.runAgainAt = now() + time;
        return held;
    }

    /// With what the channels before it said, should some have tried.
    JobResult endedBy(JobOutcome outcome, const std::string& why) const {
        auto result = result_;
        result.outcome = outcome;
        result.error += (result.error.empty() ? "" : "; ") + why;
        return result;
    }

    /// None where it certainly was not sent, and another channel may try.
    std::optional<JobResult> sentBy(Channel& channel) {
        const auto startedAt = now();
        const auto sent = channel.send(message_, job_.attempt);
        if (sent.status == SendStatus::Busy) return putOff(channel.instance());
        if (!result_.channel.empty()) result_.earlier.push_back(std::move(last_));
        last_ = {.channel = channel.instance(),
                 .outcome = sent.status == SendStatus::Failed ? JobOutcome::Failed : JobOutcome::Retry,
                 .providerCode = providerText(sent.providerCode),
                 .error = redacted(sent.error, message_),
                 .startedAt = startedAt,
                 .finishedAt = now()};
        result_.channel = channel.instance();
        result_.providerMessageId = providerText(sent.providerMessageId);
        result_.providerCode = providerText(sent.providerCode);
        if (!sent.error.empty()) note(channel.instance(), sent.error);

        auto& circuit = deliver_.ways_.circuit;
        if (sent.status == SendStatus::Broken)
            circuit.broke(channel.instance(), now(), redacted(sent.error, message_));
        else if (sent.status != SendStatus::UnknownOutcome && sent.status != SendStatus::Retry)
            circuit.worked(channel.instance());

        switch (sent.status) {
        case SendStatus::Sent: return ended(JobOutcome::Sent);
        case SendStatus::UnknownOutcome: return ended(JobOutcome::Unknown);
        // The patient wants no such message, by whichever provider.
        case SendStatus::Suppressed: rememberSuppressed(); return ended(JobOutcome::Suppressed);
        case SendStatus::Retry:
        case SendStatus::RateLimited:
            tried_ = true;
            wait(sent.retryAfter);
            return std::nullopt;
        case SendStatus::Broken: wait(sent.retryAfter); return std::nullopt;
        case SendStatus::Failed: tried_ = true; return std::nullopt;
        case SendStatus::Busy: break; // above
        }
        return std::nullopt;
    }

    /// As with a pace: that channel is slow, not out of order. Where others have tried before, they go on being asked
    /// no more often than their own answers allow.
    JobResult putOff(const std::string& instance) {
        if (!tried_) return heldFor(kBusy, "the channel " + instance + " is busy with other messages");
        note(instance, "is busy with other messages");
        wait(kBusy);
        return unsent();
    }

    JobResult ended(JobOutcome outcome) {
        result_.outcome = outcome;
        return result_;
    }

    JobResult unsent() {
        if (result_.channel.empty() && errors_.empty()) {
            if (!job_.onlyChannel.empty()) {
                result_.outcome = JobOutcome::Unknown;
                result_.error = "the channel that may have sent it is configured no more";
                return result_;
            }
            result_.error = "no channel is configured for this kind of message";
            wait(Milliseconds{0});
        }
        if (!shortestWait_) {
            result_.outcome = JobOutcome::Failed;
            return result_;
        }
        // What no channel could even try waits for as long as there is time.
        result_.held = !tried_;
        return deliver_.waiting(result_, job_, *shortestWait_);
    }

    void rememberSuppressed() const {
        try {
            deliver_.ways_.suppressions.suppress(
                message_.to, {domain::SuppressionReason::OptedOut, now(), result_.channel, result_.providerCode});
        } catch (const StorageError&) {
            base::log::warning("that an address wants no messages could not be kept", {{"job", job_.id.value}});
        }
    }

    void wait(Milliseconds atLeast) { shortestWait_ = std::min(shortestWait_.value_or(atLeast), atLeast); }

    void note(const std::string& instance, const std::string& error) {
        errors_ += (errors_.empty() ? "" : "; ") + instance + ": " + error;
        result_.error = redacted(errors_, message_);
    }

    const DeliverMessage& deliver_;
    const Message& message_;
    const ClaimedJob& job_;
    JobResult result_;
    FailedTry last_; ///< by result_.channel, should another one be tried after it
    std::string errors_;
    std::optional<Milliseconds> shortestWait_; ///< where another attempt makes sense
    bool tried_ = false;                       ///< some channel could try, and failed
};

DeliverMessage::DeliverMessage(const Ways& ways, const Templates& templates, const base::Clock& clock,
                               const Clinic& clinic, Jitter jitter, Pause pause)
    : ways_(ways),
      templates_(templates),
      clock_(clock),
      clinic_(clinic),
      jitter_(std::move(jitter)),
      pause_(std::move(pause)) {}

JobResult DeliverMessage::operator()(const ClaimedJob& job) const {
    const auto medium = domain::mediumOf(job.kind);
    if (!medium) return failed("a job of the kind " + std::string(toString(job.kind)) + " is no message");

    const auto now = clock_.now();
    if (now >= job.notAfter || (job.appointment && now >= job.appointment->start))
        return failed("its time had passed when it was to be sent");

    const auto recipient = recipientOf(job, *medium, clinic_);
    if (!recipient) return failed(recipient.error());

    Message message;
    try {
        message = templates_.render(job, clinic_, now);
        if (carriesCalendar(job, clinic_)) message.attachments.push_back(calendarOf(job, clinic_, now));
    } catch (const std::exception& error) {
        return failed(std::string("the message could not be written: ") + error.what());
    }
    message.to = *recipient;
    if (goesToPatient(job)) message.toName = job.patientName;
    // The same at every attempt, so that a provider can tell a repetition.
    message.deliveryId = domain::deliveryIdOf(job.id);
    message.idempotencyKey = idempotencyKeyOf(job);
    if (auto refused = unwanted(message, job)) return *refused;
    return Offer(*this, message, job)();
}

void DeliverMessage::lookUp(std::span<ClaimedJob> jobs) const {
    std::vector<ClaimedJob*> asked;
    std::vector<std::string> addresses;
    for (auto& job : jobs) {
        const auto medium = domain::mediumOf(job.kind);
        if (!medium || !goesToPatient(job)) continue;
        if (auto recipient = recipientOf(job, *medium, clinic_)) {
            asked.push_back(&job);
            addresses.push_back(std::move(*recipient));
        }
    }
    if (asked.empty()) return;
    try {
        auto found = ways_.suppressions.find(addresses);
        for (std::size_t i = 0; i < asked.size(); ++i)
            asked[i]->lookedUp = {std::move(found[i])};
    } catch (const StorageError& error) {
        base::log::debug("addresses could not be looked up together", {{"error", error.what()}});
    }
}

/// Whether the patient wants it, and nothing stands against the address; looked up right before it would be sent.
std::optional<JobResult> DeliverMessage::unwanted(const Message& message, const ClaimedJob& job) const {
    JobResult result;
    result.outcome = JobOutcome::Suppressed;
    if (!goesToPatient(job)) return std::nullopt;
    const bool email = message.medium == Medium::Email;
    if (email ? !job.preferences.email : !job.preferences.sms) {
        result.error = email ? "the patient wants no emails" : "the patient wants no text messages";
        return result;
    }
    try {
        const auto found = job.lookedUp ? job.lookedUp->suppression : ways_.suppressions.find(message.to);
        if (!found) return std::nullopt;
        result.error = "the address is suppressed: " + std::string(domain::toString(found->reason)) + ", as " +
                       found->channel + " reported";
        return result;
    } catch (const StorageError&) {
        // Certainly not sent.
        result.held = true;
        result.error = "whether the address is suppressed could not be looked up";
        return waiting(std::move(result), job, Milliseconds{0});
    }
}

JobResult DeliverMessage::waiting(JobResult result, const ClaimedJob& job, Milliseconds atLeast) const {
    // What was held was no attempt, and so is not given up for too many.
    const auto attempt = result.held ? std::min(job.attempt, limits::kDeliveryAttempts - 1) : job.attempt;
    const auto again = nextAttempt(attempt, clock_.now(), job.notAfter, atLeast, jitter_);
    result.outcome = again ? JobOutcome::Retry : JobOutcome::Failed;
    if (again)
        result.runAgainAt = *again;
    else
        result.error = "given up after attempt " + std::to_string(job.attempt) + "; " + result.error;
    return result;
}

} // namespace rota::app
