#include "plugin_host/plugin_host.hpp"

#include "base/log.hpp"
#include "plugin_host/assembly.hpp"
#include "plugin_host/generation.hpp"
#include "plugin_host/loader.hpp"
#include "plugin_host/plugin_channel.hpp"
#include "plugin_host/plugin_policy.hpp"
#include "plugin_host/plugin_strategy.hpp"
#include "plugin_host/retirement.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <type_traits>

namespace rota::plugin_host {
namespace {

std::string keyOf(domain::Medium medium) {
    return medium == domain::Medium::Sms ? "notify.sms.channels" : "notify.email.channels";
}

std::shared_ptr<HostedChannel> makeChannel(Loader& loader, const ChannelSettings& settings) {
    if (settings.isolated) return loader.isolate(settings);
    const std::string subject = "channel." + settings.name;
    auto instance =
        loader.make(subject, ROTA_KIND_CHANNEL, {settings.plugin, settings.config, settings.sha256}, settings.timeout);
    if (!instance) return nullptr;
    auto channel = PluginChannel::of(std::move(instance), settings.name, settings.timeout);
    if (!channel) loader.report(lacksInterface(subject, ROTA_CHANNEL_V1));
    return channel;
}

/// A policy or strategy; null where something is wrong with it, which is then reported.
template <class Adapter>
std::shared_ptr<Adapter> makePolicy(Loader& loader, const std::string& subject, const PluginChoice& choice) {
    constexpr bool kAvailability = std::is_same_v<Adapter, PluginAvailabilityPolicy>;
    auto instance = loader.make(subject, kAvailability ? ROTA_KIND_AVAILABILITY : ROTA_KIND_WAITLIST, choice);
    if (!instance) return nullptr;
    auto adapter = Adapter::of(std::move(instance));
    if (!adapter) loader.report(lacksInterface(subject, kAvailability ? ROTA_AVAILABILITY_V1 : ROTA_WAITLIST_V1));
    return adapter;
}

/// The instances of an order, as far as they are there.
std::vector<std::shared_ptr<HostedChannel>> ordered(Loader& loader, const Settings& settings, domain::Medium medium,
                                                    const std::vector<std::string>& names,
                                                    const std::vector<std::shared_ptr<HostedChannel>>& channels) {
    std::vector<std::shared_ptr<HostedChannel>> order;
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

/// The subjects that one has and the other has not, or that are made of something else.
std::vector<std::string> changes(const std::map<std::string, std::string>& before,
                                 const std::map<std::string, std::string>& after) {
    std::set<std::string> changed;
    for (const auto& [subject, making] : before)
        if (const auto now = after.find(subject); now == after.end() || now->second != making) changed.insert(subject);
    for (const auto& [subject, making] : after)
        if (!before.contains(subject)) changed.insert(subject);
    return {changed.begin(), changed.end()};
}

bool isPolicy(const std::string& subject) {
    return subject.starts_with("availability.");
}

void checkHealth(const std::vector<std::shared_ptr<HostedChannel>>& channels, const std::vector<std::string>& changed,
                 Loader& loader) {
    for (const auto& channel : channels) {
        const auto subject = "channel." + channel->instance();
        if (!std::ranges::binary_search(changed, subject)) continue;
        if (const auto ailment = channel->ailment())
            loader.report({problem::kUnhealthy, subject, "says that it could not send: " + *ailment,
                           "mend that and reload again, or leave the channel out"});
    }
}

} // namespace

struct PluginHost::State {
    State(PrivateDirectory directory, const base::Clock& c) : copies(std::move(directory)), clock(c) {}

    PrivateDirectory copies;     ///< used under `swapping`, as is the next
    std::set<std::string> tried; ///< see Loader
    const base::Clock& clock;
    std::mutex swapping; ///< held by one swap at a time
    const std::shared_ptr<Retirement> retirement = std::make_shared<Retirement>();

    std::mutex mutex; ///< of what follows
    std::shared_ptr<const Generation> generation;
    std::vector<std::weak_ptr<const Generation>> earlier;
};

std::unique_ptr<PluginHost::Generation> PluginHost::generationOf(const Settings& settings, Loader& loader) {
    auto made = std::make_unique<Generation>();
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
    made->makings = loader.makings();
    return made;
}

tl::expected<std::unique_ptr<PluginHost>, PluginHost::Problems> PluginHost::load(const Settings& settings,
                                                                                 const base::Clock& clock) {
    auto directory = PrivateDirectory::make(settings.privateParent);
    if (!directory) return tl::unexpected(Problems{directory.error()});
    auto state = std::make_unique<State>(*std::move(directory), clock);
    std::unique_ptr<PluginHost> host(new PluginHost(std::move(state)));

    Loader loader(settings, host->state_->copies, host->state_->tried, clock);
    auto first = generationOf(settings, loader);
    if (!loader.problems().empty()) return tl::unexpected(loader.problems());
    host->serve(std::move(first));
    return host;
}

PluginHost::Problems PluginHost::check(const Settings& settings) {
    const std::scoped_lock lock(state_->swapping);
    Loader loader(settings, state_->copies, state_->tried, state_->clock);
    generationOf(settings, loader);
    return loader.problems();
}

tl::expected<Swap, PluginHost::Problems> PluginHost::swap(const Settings& settings) {
    const std::scoped_lock lock(state_->swapping);
    const auto before = current();
    Loader loader(settings, state_->copies, state_->tried, state_->clock);
    auto candidate = generationOf(settings, loader);

    Swap swap{before->number + 1, changes(before->makings, candidate->makings), false};
    swap.policies = std::ranges::any_of(swap.changed, isPolicy);
    if (loader.problems().empty()) checkHealth(candidate->channels, swap.changed, loader);
    if (!loader.problems().empty()) return tl::unexpected(loader.problems());
    serve(std::move(candidate));
    return swap;
}

std::vector<InstanceInfo> PluginHost::infosOf(const Generation& generation) {
    std::vector<InstanceInfo> infos;
    for (const auto& instance : generation.instances) {
        infos.push_back(instance->info());
        infos.back().generation = generation.number;
    }
    return infos;
}

std::vector<InstanceInfo> PluginHost::drainingOf(const Generation& generation) {
    auto infos = infosOf(generation);
    for (auto& info : infos)
        info.state = InstanceInfo::State::Draining;
    return infos;
}

void PluginHost::serve(std::unique_ptr<Generation> made) {
    for (const auto& instance : made->instances) {
        const auto info = instance->info();
        base::log::info("plugin serves", {{"instance", info.name},
                                          {"plugin", info.plugin},
                                          {"version", info.version},
                                          {"file", info.file},
                                          {"isolated", info.isolated}});
    }
    std::shared_ptr<const Generation> replaced; // ended outside of the lock
    const std::scoped_lock lock(state_->mutex);
    replaced = state_->generation;
    made->number = replaced ? replaced->number + 1 : 1;
    std::erase_if(state_->earlier, [](const auto& earlier) { return earlier.expired(); });
    if (replaced) state_->earlier.push_back(replaced);
    state_->generation =
        std::shared_ptr<const Generation>(made.release(), [retirement = state_->retirement](const Generation* done) {
            retirement->add(drainingOf(*done), [done] {
                const auto number = done->number;
                delete done;
                base::log::debug("plugins ended", {{"generation", number}});
            });
        });
}

PluginHost::PluginHost(std::unique_ptr<State> state) : state_(std::move(state)) {}

PluginHost::~PluginHost() {
    {
        const std::scoped_lock lock(state_->mutex);
        state_->generation.reset();
    }
    state_->retirement->stop();
}

std::shared_ptr<const PluginHost::Generation> PluginHost::current() const {
    const std::scoped_lock lock(state_->mutex);
    return state_->generation;
}

/// Handed out together with its whole generation, so that this one ends only when nothing of it is held any more.
template <class Part, class Held>
static std::shared_ptr<Part> partOf(const std::shared_ptr<Held>& generation, Part* part) {
    return std::shared_ptr<Part>(generation, part);
}

std::vector<std::shared_ptr<app::Channel>> PluginHost::channels(domain::Medium medium) const {
    const auto generation = current();
    std::vector<std::shared_ptr<app::Channel>> channels;
    if (const auto found = generation->order.find(medium); found != generation->order.end())
        for (const auto& channel : found->second)
            channels.push_back(partOf<app::Channel>(generation, channel.get()));
    return channels;
}

std::shared_ptr<app::Channel> PluginHost::find(std::string_view instance) const {
    const auto generation = current();
    const auto found = std::ranges::find_if(generation->channels,
                                            [&](const auto& channel) { return channel->instance() == instance; });
    if (found == generation->channels.end()) return nullptr;
    return partOf<app::Channel>(generation, found->get());
}

std::shared_ptr<const app::AvailabilityPolicy> PluginHost::forDoctor(base::DoctorId doctor) const {
    const auto generation = current();
    const auto own = generation->availabilityByDoctor.find(doctor);
    const auto& policy = own == generation->availabilityByDoctor.end() ? generation->availability : own->second;
    return partOf(generation, policy.get());
}

std::shared_ptr<const app::WaitlistStrategy> PluginHost::strategyFor(base::DoctorId doctor) const {
    const auto generation = current();
    const auto own = generation->waitlistByDoctor.find(doctor);
    const auto& strategy = own == generation->waitlistByDoctor.end() ? generation->waitlist : own->second;
    if (!strategy) throw app::PolicyError("no waitlist strategy is configured");
    return partOf(generation, strategy.get());
}

std::uint64_t PluginHost::generation() const {
    return current()->number;
}

/// The one that serves, then those that are not done yet.
std::vector<std::shared_ptr<const PluginHost::Generation>> PluginHost::all() const {
    const std::scoped_lock lock(state_->mutex);
    std::vector generations{state_->generation};
    for (const auto& earlier : state_->earlier)
        if (auto draining = earlier.lock()) generations.push_back(std::move(draining));
    return generations;
}

void PluginHost::abandonCalls() {
    for (const auto& generation : all())
        for (const auto& channel : generation->channels)
            channel->abandonCalls();
}

std::vector<InstanceInfo> PluginHost::instances() const {
    const auto generations = all();
    std::vector<InstanceInfo> infos;
    const auto add = [&](const std::vector<InstanceInfo>& more) {
        infos.insert(infos.end(), more.begin(), more.end());
    };
    for (const auto& generation : generations)
        add(generation == generations.front() ? infosOf(*generation) : drainingOf(*generation));
    add(state_->retirement->ending());
    return infos;
}

std::vector<Counter> PluginHost::counters() const {
    std::vector<Counter> all;
    const auto generation = current();
    for (const auto& instance : generation->instances) {
        const auto subject = instance->info().name;
        for (const auto& [name, value] : instance->counters())
            all.push_back({subject, name, value});
    }
    return all;
}

} // namespace rota::plugin_host
