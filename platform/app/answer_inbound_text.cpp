#include "app/answer_inbound_text.hpp"

#include "app/provider_text.hpp"
#include "app/queue_update.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <optional>

namespace rota::app {
namespace {

/// Of the provider's id of a text, as it is remembered.
constexpr std::size_t kTextIdLength = 200;

/// XXX-XXX-XXXX of a number of the clinic's country; none of any other, which no patient has.
std::optional<std::string> localPhone(const std::string& number, const Clinic& clinic) {
    if (!number.starts_with(clinic.phoneCountry)) return std::nullopt;
    const std::string digits = number.substr(clinic.phoneCountry.size());
    const bool right = digits.size() == 10 && std::ranges::all_of(digits, base::isDigit);
    if (!right) return std::nullopt;
    return digits.substr(0, 3) + "-" + digits.substr(3, 3) + "-" + digits.substr(6);
}

} // namespace

std::string plainWord(const std::string& text) {
    std::string word;
    for (const char c : text) {
        if (c >= 'a' && c <= 'z')
            word += static_cast<char>(c - 'a' + 'A');
        else if ((c >= 'A' && c <= 'Z') || base::isDigit(c) || static_cast<unsigned char>(c) >= 0x80)
            word += c;
        else if (!word.empty() && word.back() != ' ')
            word += ' ';
    }
    while (word.ends_with(' '))
        word.pop_back();
    return word;
}

AnswerInboundText::AnswerInboundText(ReplyStore& replies, ProviderEventStore& events,
                                     CancelAppointment& cancelAppointment, JobQueue& queue, const base::Clock& clock,
                                     const Clinic& clinic)
    : replies_(replies),
      events_(events),
      cancelAppointment_(cancelAppointment),
      queue_(queue),
      clock_(clock),
      clinic_(clinic) {}

/// Remembered last: what failed halfway comes again. Without its memory a text that comes twice would find its
/// appointment cancelled, and be announced as one that is not understood.
void AnswerInboundText::operator()(const std::string& channel, const InboundText& text) {
    const auto now = clock_.now();
    const std::string id = providerText("text:" + text.eventId).substr(0, kTextIdLength);
    if (events_.seen(channel, id, now)) return;
    const bool cancels = std::ranges::find(clinic_.cancelWords, plainWord(text.text)) != clinic_.cancelWords.end();
    base::log::info("a text came in", {{"channel", channel}, {"cancels", cancels}});
    if (cancels) cancel(channel, text.from, id, now);
    events_.remember(channel, id, now);
}

void AnswerInboundText::cancel(const std::string& channel, const std::string& from, const std::string& id,
                               base::Instant now) {
    const auto phone = localPhone(from, clinic_);
    if (!phone) return;
    const auto reminded = replies_.reminded(*phone, now);
    if (reminded.size() == 1) {
        // Refused only if somebody was quicker: then it is cancelled, or has begun.
        const auto cancelled = cancelAppointment_(reminded.front());
        base::log::info("a text cancelled an appointment", {{"channel", channel}, {"done", cancelled.has_value()}});
        return;
    }
    const auto jobs = replies_.announceUnclear(*phone, id, !clinic_.email.empty(), now);
    base::log::warning("a text cancelled nothing: it may mean none or several appointments",
                       {{"channel", channel}, {"appointments", reminded.size()}, {"emails", jobs.size()}});
    updateQueue(queue_, {}, jobs);
}

} // namespace rota::app
