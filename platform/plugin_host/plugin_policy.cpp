#include "plugin_host/plugin_policy.hpp"

#include "base/log.hpp"
#include "plugin_host/abi.hpp"
#include "plugin_host/domain_values.hpp"

#include <algorithm>
#include <string>

namespace rota::plugin_host {
namespace {

/// A day of one-minute slots; whoever offers more is in an endless loop.
constexpr std::size_t kMostSlots = 1500;

/// The query as the contract has it; borrows from what it is made of.
class RawQuery {
public:
    explicit RawQuery(const domain::AvailabilityQuery& query)
        : doctor_(std::to_string(query.doctor.value)), raw_(sized<rota_availability_query>()) {
        for (const auto& open : query.open)
            open_.push_back(spanOf(open));
        for (const auto& busy : query.busy)
            busy_.push_back({sizeof(rota_busy), visitTypeOf(busy.type), spanOf(busy.span)});
        raw_.visit_type = visitTypeOf(query.type);
        raw_.duration_ms = static_cast<std::uint32_t>(base::Milliseconds(query.duration).count());
        raw_.now_ms = base::toUnixMs(query.now);
        raw_.window = spanOf(query.window);
        raw_.zone = borrowed(query.zone);
        raw_.doctor = borrowed(doctor_);
        raw_.open = open_.data();
        raw_.open_count = static_cast<std::uint32_t>(open_.size());
        raw_.busy = busy_.data();
        raw_.busy_count = static_cast<std::uint32_t>(busy_.size());
        raw_.busy_stride = sizeof(rota_busy);
    }
    RawQuery(const RawQuery&) = delete;
    RawQuery& operator=(const RawQuery&) = delete;

    const rota_availability_query* get() const { return &raw_; }

private:
    std::string doctor_;
    std::vector<rota_span> open_;
    std::vector<rota_busy> busy_;
    rota_availability_query raw_;
};

rota_status takeSlot(void* ctx, const rota_slot* slot) noexcept {
    auto& slots = *static_cast<std::vector<base::Interval>*>(ctx);
    if (slots.size() >= kMostSlots) return ROTA_UNSUPPORTED;
    try {
        slots.push_back(intervalOf(slot->span));
        return ROTA_OK;
    } catch (const std::bad_alloc&) {
        return ROTA_INTERNAL;
    }
}

bool keepsTheRules(const domain::AvailabilityQuery& query, const base::Interval& slot) {
    const bool within = std::any_of(query.open.begin(), query.open.end(),
                                    [&](const base::Interval& open) { return open.contains(slot); });
    const bool free = std::none_of(query.busy.begin(), query.busy.end(),
                                   [&](const domain::BusySpan& busy) { return busy.span.overlaps(slot); });
    return within && free && slot.end - slot.begin == query.duration;
}

[[noreturn]] void fail(const PluginInstance& instance, rota_status status, const rota_error& error) {
    throw app::PolicyError(instance.subject() + ": " + describe(instance, status, error));
}

} // namespace

std::shared_ptr<PluginAvailabilityPolicy> PluginAvailabilityPolicy::of(std::shared_ptr<PluginInstance> instance) {
    constexpr auto kSmallest = offsetof(rota_availability_v1, admit) + sizeof(rota_availability_v1::admit);
    const auto* table = instance->interface<rota_availability_v1>(ROTA_AVAILABILITY_V1, kSmallest);
    if (table == nullptr || table->slots == nullptr || table->admit == nullptr) return nullptr;
    return std::shared_ptr<PluginAvailabilityPolicy>(new PluginAvailabilityPolicy(std::move(instance), table));
}

std::vector<base::Interval> PluginAvailabilityPolicy::slots(const domain::AvailabilityQuery& query) const {
    const RawQuery raw(query);
    std::vector<base::Interval> slots;
    auto sink = sized<rota_slot_sink>();
    sink.ctx = &slots;
    sink.offer = &takeSlot;
    auto error = sized<rota_error>();
    {
        const auto turn = instance_->quickTurn();
        const auto status = turn.ended(table_->slots(instance_->raw(), raw.get(), &sink, &error));
        if (status != ROTA_OK) fail(*instance_, status, error);
    }
    const auto against = std::erase_if(slots, [&](const auto& slot) { return !keepsTheRules(query, slot); });
    if (against > 0)
        base::log::warning("policy offered slots that cannot be booked",
                           {{"instance", instance_->subject()}, {"slots", against}});
    std::sort(slots.begin(), slots.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
    return slots;
}

bool PluginAvailabilityPolicy::admits(const domain::AvailabilityQuery& query, base::Instant start) const {
    const RawQuery raw(query);
    auto verdict = sized<rota_verdict>();
    auto error = sized<rota_error>();
    const auto turn = instance_->quickTurn();
    const auto status = turn.ended(table_->admit(instance_->raw(), raw.get(), base::toUnixMs(start), &verdict, &error));
    if (status != ROTA_OK) fail(*instance_, status, error);
    const bool admitted = verdict.admitted == 1;
    if (!admitted)
        base::log::info("policy refused a time", {{"instance", instance_->subject()},
                                                  {"doctor", query.doctor.value},
                                                  {"reason", instance_->services().redacted(text(verdict.reason))}});
    return admitted;
}

} // namespace rota::plugin_host
