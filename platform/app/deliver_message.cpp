#include "app/deliver_message.hpp"

#include "app/calendar_event.hpp"
#include "app/provider_text.hpp"
#include "base/limits.hpp"
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
    const bool valid = digits.size() == 10 && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
    if (!valid) return tl::unexpected<std::string>("the patient's phone number is not of the form XXX-XXX-XXXX");
    return clinic.phoneCountry + digits;
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

/// Whether a mail of that kind tells a calendar something that it does not know yet.
bool carriesCalendar(domain::JobKind kind) {
    using domain::JobKind;
    return kind == JobKind::Confirmation || kind == JobKind::RescheduleNotice || kind == JobKind::PromotionNotice ||
           kind == JobKind::CancellationNotice;
}

Attachment calendarOf(const ClaimedJob& job, const Clinic& clinic, base::Instant now) {
    const auto& appointment = job.appointment.value();
    return {"appointment.ics", calendarContentType(appointment),
            calendarEvent(appointment, job.doctorName, clinic, now, {job.patientName, job.patientEmail})};
}

} // namespace

DeliverMessage::DeliverMessage(const ChannelRegistry& channels, const Templates& templates, const base::Clock& clock,
                               const Clinic& clinic, Jitter jitter)
    : channels_(channels), templates_(templates), clock_(clock), clinic_(clinic), jitter_(std::move(jitter)) {}

JobResult DeliverMessage::operator()(const ClaimedJob& job) const {
    const auto medium = domain::mediumOf(job.kind);
    if (!medium) return failed("a job of the kind " + std::string(toString(job.kind)) + " is no message");

    const auto now = clock_.now();
    if (now >= job.notAfter || (job.appointment && now >= job.appointment->start))
        return failed("its time had passed when it was to be sent");

    const auto recipient = *medium == Medium::Email ? emailOf(job, clinic_) : phoneOf(job, clinic_);
    if (!recipient) return failed(recipient.error());

    Message message;
    try {
        message = templates_.render(job, clinic_, now);
        if (carriesCalendar(job.kind)) message.attachments.push_back(calendarOf(job, clinic_, now));
    } catch (const std::exception& error) {
        return failed(std::string("the message could not be written: ") + error.what());
    }
    message.to = *recipient;
    if (job.kind != domain::JobKind::UnclearReplyAlert) message.toName = job.patientName;
    // The same at every attempt, so that a provider can tell a repetition.
    message.deliveryId = domain::deliveryIdOf(job.id);
    message.idempotencyKey = message.deliveryId;
    return offered(message, job);
}

/// To one channel after another, for as long as it is certain that none has sent it.
JobResult DeliverMessage::offered(const Message& message, const ClaimedJob& job) const {
    const auto begun = clock_.now();
    JobResult result;
    std::string errors;
    std::optional<Milliseconds> shortestWait;

    for (const auto& channel : channels_.channels(message.medium)) {
        // Another channel may take its whole deadline too. When the lease would not outlast that, the row would be
        // taken for one whose sender died; the next attempt goes on instead.
        const bool first = result.channel.empty();
        if (!first && clock_.now() - begun + limits::kSendAndRecord > limits::kJobLease) {
            shortestWait = shortestWait.value_or(Milliseconds{0});
            break;
        }
        const auto sent = channel->send(message, job.attempt);
        result.channel = channel->instance();
        result.providerMessageId = providerText(sent.providerMessageId);
        result.providerCode = providerText(sent.providerCode);
        if (!sent.error.empty()) errors += (errors.empty() ? "" : "; ") + channel->instance() + ": " + sent.error;
        result.error = redacted(errors, message);

        switch (sent.status) {
        case SendStatus::Sent: result.outcome = JobOutcome::Sent; return result;
        case SendStatus::UnknownOutcome: result.outcome = JobOutcome::Unknown; return result;
        // The patient wants no such message, by whichever provider.
        case SendStatus::Suppressed: result.outcome = JobOutcome::Suppressed; return result;
        case SendStatus::Retry:
        case SendStatus::RateLimited:
        case SendStatus::Broken:
            shortestWait = std::min(shortestWait.value_or(sent.retryAfter), sent.retryAfter);
            break;
        case SendStatus::Failed: break;
        }
    }

    if (result.channel.empty()) {
        result.error = "no channel is configured for this kind of message";
        shortestWait = Milliseconds{0};
    }
    if (shortestWait) return waiting(std::move(result), job, *shortestWait);
    result.outcome = JobOutcome::Failed;
    return result;
}

JobResult DeliverMessage::waiting(JobResult result, const ClaimedJob& job, Milliseconds atLeast) const {
    const auto again = nextAttempt(job.attempt, clock_.now(), job.notAfter, atLeast, jitter_);
    result.outcome = again ? JobOutcome::Retry : JobOutcome::Failed;
    if (again)
        result.runAgainAt = *again;
    else
        result.error = "given up after attempt " + std::to_string(job.attempt) + "; " + result.error;
    return result;
}

} // namespace rota::app
