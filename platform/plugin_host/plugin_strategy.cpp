#include "plugin_host/plugin_strategy.hpp"

#include "plugin_host/abi.hpp"
#include "plugin_host/domain_values.hpp"

#include <algorithm>
#include <set>

namespace rota::plugin_host {
namespace {

std::uint32_t prefersOf(app::PreferredRange range) {
    switch (range) {
    case app::PreferredRange::Any: return ROTA_PREFERS_ANY;
    case app::PreferredRange::Morning: return ROTA_PREFERS_MORNING;
    case app::PreferredRange::Afternoon: return ROTA_PREFERS_AFTERNOON;
    }
    return ROTA_PREFERS_ANY;
}

/// The reference is the entry's id: lasting, so that a strategy may break ties by it.
rota_candidate rawCandidate(const app::WaitlistCandidate& candidate) {
    auto raw = sized<rota_candidate>();
    raw.priority = candidate.priority;
    raw.ref = static_cast<std::uint64_t>(candidate.id.value);
    raw.joined_ms = base::toUnixMs(candidate.joined);
    raw.prefers = prefersOf(candidate.prefers);
    raw.cancelled_promotions = static_cast<std::uint32_t>(std::max(candidate.cancelledPromotions, 0));
    raw.accepts = spanOf(candidate.accepts);
    return raw;
}

struct Ranking {
    std::set<std::uint64_t> left; ///< not named yet
    std::vector<app::RankedCandidate> named;
    bool broken = false; ///< also where the plugin does not pass on that its sink refused
};

rota_status takeNext(void* ctx, const rota_ranked* next) noexcept {
    auto& ranking = *static_cast<Ranking*>(ctx);
    ranking.broken = ranking.broken || ranking.left.erase(next->ref) == 0;
    if (ranking.broken) return ROTA_UNSUPPORTED;
    try {
        ranking.named.push_back(
            {base::WaitlistId{static_cast<std::int64_t>(next->ref)}, std::string(view(next->reason))});
        return ROTA_OK;
    } catch (const std::bad_alloc&) {
        return ROTA_INTERNAL;
    }
}

} // namespace

std::shared_ptr<PluginWaitlistStrategy> PluginWaitlistStrategy::of(std::shared_ptr<PluginInstance> instance) {
    constexpr auto kSmallest = offsetof(rota_waitlist_v1, rank) + sizeof(rota_waitlist_v1::rank);
    const auto* table = instance->interface<rota_waitlist_v1>(ROTA_WAITLIST_V1, kSmallest);
    if (table == nullptr || table->rank == nullptr) return nullptr;
    return std::shared_ptr<PluginWaitlistStrategy>(new PluginWaitlistStrategy(std::move(instance), table));
}

std::vector<app::RankedCandidate>
PluginWaitlistStrategy::rank(const app::FreedSlot& slot, std::span<const app::WaitlistCandidate> candidates) const {
    std::vector<rota_candidate> raw;
    Ranking ranking;
    for (const auto& candidate : candidates) {
        raw.push_back(rawCandidate(candidate));
        ranking.left.insert(raw.back().ref);
    }
    const std::string doctor = std::to_string(slot.doctor.value);
    auto query = sized<rota_waitlist_query>();
    query.visit_type = visitTypeOf(slot.type);
    query.now_ms = base::toUnixMs(slot.now);
    query.slot = spanOf(slot.span);
    query.zone = borrowed(slot.zone);
    query.doctor = borrowed(doctor);
    query.candidates = raw.data();
    query.candidate_count = static_cast<std::uint32_t>(raw.size());
    query.candidate_stride = sizeof(rota_candidate);

    auto sink = sized<rota_rank_sink>();
    sink.ctx = &ranking;
    sink.next = &takeNext;
    auto error = sized<rota_error>();
    const auto turn = instance_->quickTurn();
    const auto status = turn.ended(table_->rank(instance_->raw(), &query, &sink, &error));
    if (status != ROTA_OK) throw app::PolicyError(instance_->subject() + ": " + describe(*instance_, status, error));
    if (ranking.broken) throw app::PolicyError(instance_->subject() + ": named somebody twice, or nobody it was given");
    for (auto& candidate : ranking.named)
        candidate.reason = instance_->services().redacted(candidate.reason);
    return std::move(ranking.named);
}

} // namespace rota::plugin_host
