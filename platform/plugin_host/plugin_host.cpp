#include "plugin_host/plugin_host.hpp"

#include "base/log.hpp"
#include "plugin_host/generation.hpp"
#include "plugin_host/loader.hpp"

#include <algorithm>
#include <mutex>
#include <type_traits>

namespace rota::plugin_host {
namespace {

std::string keyOf(domain::Medium medium) {
    return medium == domain::Medium::Sms ? "notify.sms.channels" : "notify.email.channels";
}

std::shared_ptr<PluginChannel> makeChannel(Loader& loader, const ChannelSettings& settings) {
    const std::string subject = "channel." + settings.name;
    auto instance = loader.make(subject, settings.plugin, ROTA_KIND_CHANNEL, settings.config);
    if (!instance) return nullptr;
    auto channel = PluginChannel::of(std::move(instance), settings.name, settings.timeout);
    if (!channel)
        loader.report({problem::kWrongKind, subject, "the plugin gives no interface rota.channel/1",
                       "ask its vendor for a build for this server"});
    return channel;
}

/// A policy or strategy; null where something is wrong with it, which is then reported.
template <class Adapter>
std::shared_ptr<Adapter> makePolicy(Loader& loader, const std::string& subject, const PolicySettings& settings) {
    constexpr bool kAvailability = std::is_same_v<Adapter, PluginAvailabilityPolicy>;
    auto instance = loader.make(subject, settings.plugin, kAvailability ? ROTA_KIND_AVAILABILITY : ROTA_KIND_WAITLIST,
                                settings.config);
    if (!instance) return nullptr;
    auto adapter = Adapter::of(std::move(instance));
    if (!adapter)
        loader.report(
            {problem::kWrongKind, subject,
             std::string("the plugin gives no interface ") + (kAvailability ? ROTA_AVAILABILITY_V1 : ROTA_WAITLIST_V1),
             "ask its vendor for a build for this server"});
    return adapter;
}

/// The instances of an order, as far as they are there.
std::vector<std::shared_ptr<PluginChannel>> ordered(Loader& loader, const Settings& settings, domain::Medium medium,
                                                    const std::vector<std::string>& names,
                                                    const std::vector<std::shared_ptr<PluginChannel>>& channels) {
    std::vector<std::shared_ptr<PluginChannel>> order;
    for (const auto& name : names) {
        const bool configured = std::any_of(settings.channels.begin(), settings.channels.end(),
                                            [&](const ChannelSettings& channel) { return channel.name == name; });
        const auto found = std::find_if(channels.begin(), channels.end(),
                                        [&](const auto& channel) { return channel->instance() == name; });
        if (!configured)
            loader.report({problem::kOrder, keyOf(medium), "names '" + name + "', which is no configured channel",
                           "add channel." + name + ".plugin, or correct the name"});
        else if (found != channels.end() && !(*found)->takes(medium))
            loader.report({problem::kOrder, keyOf(medium),
                           "names '" + name + "', whose plugin does not send that kind of message",
                           "name a channel that does"});
        else if (found != channels.end())
            order.push_back(*found);
    }
    return order;
}

} // namespace

struct PluginHost::State {
    explicit State(PrivateDirectory directory) : copies(std::move(directory)) {}

    PrivateDirectory copies;
    std::mutex mutex;
    std::shared_ptr<const Generation> generation;
};

std::shared_ptr<const PluginHost::Generation> PluginHost::generationOf(const Settings& settings, Loader& loader) {
    auto made = std::make_shared<Generation>();
    for (const auto& channel : settings.channels)
        if (auto adapter = makeChannel(loader, channel)) made->channels.push_back(std::move(adapter));
    for (const auto& [medium, names] : settings.order)
        made->order[medium] = ordered(loader, settings, medium, names, made->channels);

    made->availability = makePolicy<PluginAvailabilityPolicy>(loader, "availability.default", settings.availability);
    for (const auto& [doctor, policy] : settings.availabilityByDoctor)
        made->availabilityByDoctor[doctor] =
            makePolicy<PluginAvailabilityPolicy>(loader, "availability.doctor." + std::to_string(doctor.value), policy);

    if (!settings.waitlist.plugin.empty())
        made->waitlist = makePolicy<PluginWaitlistStrategy>(loader, "waitlist.default", settings.waitlist);
    for (const auto& [doctor, strategy] : settings.waitlistByDoctor)
        made->waitlistByDoctor[doctor] =
            makePolicy<PluginWaitlistStrategy>(loader, "waitlist.doctor." + std::to_string(doctor.value), strategy);

    loader.activate();
    made->instances = loader.instances();
    return made;
}

tl::expected<std::unique_ptr<PluginHost>, PluginHost::Problems> PluginHost::load(const Settings& settings,
                                                                                 const base::Clock& clock) {
    auto directory = PrivateDirectory::make(settings.privateParent);
    if (!directory) return tl::unexpected(Problems{directory.error()});
    auto state = std::make_unique<State>(*std::move(directory));

    Loader loader(settings.directories, state->copies, clock);
    state->generation = generationOf(settings, loader);
    if (!loader.problems().empty()) return tl::unexpected(loader.problems());
    for (const auto& instance : loader.instances())
        base::log::info("plugin serves", {{"instance", instance->subject()},
                                          {"plugin", instance->descriptor().id},
                                          {"version", instance->descriptor().version},
                                          {"file", instance->file()}});
    return std::unique_ptr<PluginHost>(new PluginHost(std::move(state)));
}

PluginHost::PluginHost(std::unique_ptr<State> state) : state_(std::move(state)) {}

PluginHost::~PluginHost() = default;

std::shared_ptr<const PluginHost::Generation> PluginHost::current() const {
    const std::scoped_lock lock(state_->mutex);
    return state_->generation;
}

std::vector<std::shared_ptr<app::Channel>> PluginHost::channels(domain::Medium medium) const {
    const auto generation = current();
    const auto found = generation->order.find(medium);
    if (found == generation->order.end()) return {};
    return {found->second.begin(), found->second.end()};
}

std::shared_ptr<app::Channel> PluginHost::find(std::string_view instance) const {
    const auto generation = current();
    const auto found = std::ranges::find_if(generation->channels,
                                            [&](const auto& channel) { return channel->instance() == instance; });
    return found == generation->channels.end() ? nullptr : *found;
}

std::shared_ptr<const app::AvailabilityPolicy> PluginHost::forDoctor(base::DoctorId doctor) const {
    const auto generation = current();
    const auto own = generation->availabilityByDoctor.find(doctor);
    return own == generation->availabilityByDoctor.end() ? generation->availability : own->second;
}

std::shared_ptr<const app::WaitlistStrategy> PluginHost::strategyFor(base::DoctorId doctor) const {
    const auto generation = current();
    const auto own = generation->waitlistByDoctor.find(doctor);
    auto strategy = own == generation->waitlistByDoctor.end() ? generation->waitlist : own->second;
    if (!strategy) throw app::PolicyError("no waitlist strategy is configured");
    return strategy;
}

std::vector<InstanceInfo> PluginHost::instances() const {
    std::vector<InstanceInfo> infos;
    for (const auto& instance : current()->instances)
        infos.push_back(
            {instance->subject(), instance->descriptor().id, instance->descriptor().version, instance->file()});
    return infos;
}

std::vector<InstanceHealth> PluginHost::health() const {
    std::vector<InstanceHealth> all;
    for (const auto& channel : current()->channels) {
        const auto ailment = channel->ailment();
        all.push_back({channel->plugin().subject(), !ailment, ailment.value_or("")});
    }
    return all;
}

std::vector<Counter> PluginHost::counters() const {
    std::vector<Counter> all;
    for (const auto& instance : current()->instances)
        for (const auto& [name, value] : instance->services().counters())
            all.push_back({instance->subject(), name, value});
    return all;
}

} // namespace rota::plugin_host
