#include "app/resolve_doubts.hpp"

#include "app/provider_text.hpp"
#include "app/queue_update.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace rota::app {
namespace {

using base::Milliseconds;
using domain::Reported;
namespace limits = base::limits;

std::optional<Reported> reportedBy(DeliveryState state) {
    switch (state) {
    case DeliveryState::Accepted: return Reported::Accepted;
    case DeliveryState::Delivered: return Reported::Delivered;
    case DeliveryState::Undelivered: return Reported::Undelivered;
    case DeliveryState::CannotTell:
    case DeliveryState::Unknown:
    case DeliveryState::NotFound: break;
    }
    return std::nullopt;
}

} // namespace

ResolveDoubts::ResolveDoubts(DeliveryStore& deliveries, const ChannelRegistry& channels, JobQueue& queue,
                             const base::Clock& clock, const ChannelRulesByName& rules, Jitter jitter)
    : deliveries_(deliveries),
      channels_(channels),
      queue_(queue),
      clock_(clock),
      rules_(rules),
      jitter_(std::move(jitter)) {}

std::size_t ResolveDoubts::operator()() const {
    const auto now = clock_.now();
    const auto doubts = deliveries_.doubts(limits::kDoubtBatch, now, now + limits::kDoubtLook);
    Batch batch;
    for (const auto& doubt : doubts)
        look(doubt, batch);
    updateQueue(queue_, {}, batch.again);
    // One line however many there are: the list of jobs has each.
    if (!batch.givenUp.empty())
        base::log::error("whether messages were sent cannot be found out; a person has to decide",
                         {{"messages", batch.givenUp.size()}, {"first_job", batch.givenUp.front().id.value}});
    return doubts.size();
}

/// Where a process died while sending, any channel of the order may have had the message.
void ResolveDoubts::look(const Doubt& doubt, Batch& batch) const {
    Channels candidates;
    if (doubt.channel.empty())
        candidates = channels_.channels(domain::mediumOf(doubt.kind).value_or(domain::Medium::Email));
    else if (auto channel = channels_.find(doubt.channel))
        candidates.push_back(std::move(channel));

    bool allNotFound = !candidates.empty();
    bool someUnknown = false;
    for (const auto& channel : candidates) {
        const auto status = ask(*channel, doubt, batch);
        if (told(doubt, *channel, status)) return;
        allNotFound = allNotFound && status.state == DeliveryState::NotFound;
        someUnknown = someUnknown || status.state == DeliveryState::Unknown;
    }
    if (allNotFound)
        sendAgain(doubt, "", batch);
    else if (someUnknown && clock_.now() < doubt.since + limits::kDoubtEnd)
        lookLater(doubt);
    else
        decide(doubt, candidates, batch);
}

/// A provider that is away would otherwise cost its timeout for each of many messages.
DeliveryStatus ResolveDoubts::ask(Channel& channel, const Doubt& doubt, Batch& batch) const {
    if (batch.unreachable.contains(channel.instance())) return {};
    auto status = channel.status(doubt.providerMessageId, domain::deliveryIdOf(doubt.id));
    if (status.state == DeliveryState::Unknown && !status.error.empty()) batch.unreachable.insert(channel.instance());
    return status;
}

bool ResolveDoubts::told(const Doubt& doubt, const Channel& channel, const DeliveryStatus& status) const {
    const auto reported = reportedBy(status.state);
    if (!reported) return false;
    const auto now = clock_.now();
    deliveries_.report({channel.instance(), doubt.id, providerText(status.providerMessageId), {*reported, now}}, now);
    return true;
}

void ResolveDoubts::decide(const Doubt& doubt, const Channels& candidates, Batch& batch) const {
    if (candidates.size() == 1) {
        const auto& channel = *candidates.front();
        const auto rules = rules_.of(channel.instance());
        if (rules.resendInDoubt.value_or(channel.honoursIdempotencyKey()) &&
            doubt.attempt < limits::kDeliveryAttempts && clock_.now() < doubt.notAfter) {
            sendAgain(doubt, channel.instance(), batch);
            return;
        }
    }
    // A callback may be on its way.
    if (clock_.now() < doubt.since + limits::kDoubtLook) {
        lookLater(doubt);
        return;
    }
    deliveries_.lookAgain(doubt, std::nullopt);
    batch.givenUp.push_back(doubt);
}

void ResolveDoubts::sendAgain(const Doubt& doubt, const std::string& onlyChannel, Batch& batch) const {
    const auto now = clock_.now();
    const auto at = nextAttempt(doubt.attempt, now, doubt.notAfter, Milliseconds{0}, jitter_);
    if (const auto again = deliveries_.sendAgain(doubt, at.value_or(doubt.notAfter), onlyChannel))
        batch.again.push_back(*again);
}

void ResolveDoubts::lookLater(const Doubt& doubt) const {
    Milliseconds distance = limits::kDoubtFirstLook;
    for (int i = 0; i < doubt.looks && distance < limits::kDoubtLook; ++i)
        distance *= 2;
    deliveries_.lookAgain(doubt, clock_.now() + std::min<Milliseconds>(distance, limits::kDoubtLook));
}

} // namespace rota::app
