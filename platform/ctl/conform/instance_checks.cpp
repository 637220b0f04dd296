#include "ctl/conform/checks.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>

// Counts for us where malloc is AddressSanitizer's, whose mallinfo knows nothing.
extern "C" __attribute__((weak)) std::size_t __sanitizer_get_current_allocated_bytes();

namespace rota::ctl::conform {
namespace {

using nlohmann::json;

std::int64_t allocatedBytes() {
    if (__sanitizer_get_current_allocated_bytes != nullptr)
        return static_cast<std::int64_t>(__sanitizer_get_current_allocated_bytes());
    const auto info = ::mallinfo2();
    return static_cast<std::int64_t>(info.uordblks + info.hblkhd);
}

std::int64_t entriesOf(const char* folder) {
    return std::distance(std::filesystem::directory_iterator(folder), {});
}

struct Usage {
    std::int64_t bytes = allocatedBytes();
    std::int64_t files = entriesOf("/proc/self/fd");
    std::int64_t threads = entriesOf("/proc/self/task");
};

void takesItsConfiguration(const Subject& subject) {
    const Instance instance(subject);
}

void knowsItsInterfaceAlone(const Subject& subject) {
    const Instance instance(subject);
    const char* own = subject.descriptor().kind == ROTA_KIND_CHANNEL        ? ROTA_CHANNEL_V1
                      : subject.descriptor().kind == ROTA_KIND_AVAILABILITY ? ROTA_AVAILABILITY_V1
                                                                            : ROTA_WAITLIST_V1;
    const auto* table = instance.raw()->get_interface(instance.raw(), own);
    require(table != nullptr, std::string("gives no interface ") + own);
    require(table == instance.raw()->get_interface(instance.raw(), own), "gives another table each time");
    for (const char* unknown : {"", "rota.nothing/1", "rota.channel/999"})
        require(instance.raw()->get_interface(instance.raw(), unknown) == nullptr,
                std::string("gives an interface '") + unknown + "', which there is none of");
    require(instance.raw()->desc == subject.type.descriptor, "its instance has another descriptor than its library");
}

/// By hand, because the host refuses what does not fit the schema before the plugin sees it.
void checkAnswer(const Subject& subject, const json& properties, const std::string& config, const std::string& what) {
    FakeHost host({}, {});
    const auto answer = configure(subject, config, host);
    if (answer.status == ROTA_OK) return;
    require(answer.status == ROTA_CONFIG,
            "refuses " + what + " with " + named(answer.status) + "; a configuration is refused with CONFIG");
    // Of a configuration that is no object, no key is at fault.
    if (properties.is_null()) return;
    require(properties.contains(answer.key),
            "refuses " + what + (answer.key.empty() ? " without naming the key" : " and names '" + answer.key + "'") +
                "; config_pointer names a key of the schema: \"/api_key\"");
}

void survivesWrongConfigurations(const Subject& subject) {
    const auto schema = json::parse(subject.descriptor().config_schema);
    const auto properties = schema.value("properties", json::object());
    const auto good = json::parse(subject.config().json);
    for (const auto& [key, property] : properties.items()) {
        auto without = good;
        without.erase(key);
        checkAnswer(subject, properties, without.dump(), "a configuration without " + key);
        auto wrong = good;
        wrong[key] = property.value("type", "") == "string" ? json(7) : json("seven");
        checkAnswer(subject, properties, wrong.dump(), "a wrong type of " + key);
    }
}

void refusesWhatTheFixturesName(const Subject& subject) {
    if (subject.fixtures.refusedConfigs.empty()) throw NotConcerned("the fixtures name no refused_configs");
    const auto schema = plugin_host::ConfigSchema::parse(subject.descriptor().config_schema);
    require(schema.has_value(), "its configuration schema is not supported");
    for (const auto& [config, key] : subject.fixtures.refusedConfigs) {
        const std::string shown = json(config).dump();
        const auto checked = schema->check(config);
        if (!checked) {
            const bool named =
                std::ranges::any_of(checked.error(), [&](const auto& fault) { return fault.key == key; });
            require(named, "its schema refuses " + shown + ", but does not name " + key);
            continue;
        }
        FakeHost host(subject.permissions(*checked), subject.fixtures.secrets);
        const auto answer = configure(subject, checked->json, host);
        require(answer.status == ROTA_CONFIG, "takes " + shown + ", which the fixtures want refused");
        require(answer.key == key, "refuses " + shown + " and names '" + answer.key + "' instead of '" + key + "'");
    }
}

/// What is made once and kept, such as a table, comes in the first round. What malloc lays aside for later counts as in
/// use, and that goes on growing for some more. A leak never ends.
constexpr int kMostRounds = 25;
constexpr int kInstancesARound = 100;

void leaksNothing(const Subject& subject) {
    constexpr auto kMany = std::numeric_limits<std::int64_t>::max();
    Usage least{kMany, kMany, kMany};
    const auto leaks = [&] { return least.bytes >= kInstancesARound || least.files > 0 || least.threads > 0; };
    Usage before;
    for (int round = 0; round < kMostRounds && leaks(); ++round) {
        for (int i = 0; i < kInstancesARound; ++i)
            const Instance instance(subject);
        const Usage after;
        least = {std::min(least.bytes, after.bytes - before.bytes), std::min(least.files, after.files - before.files),
                 std::min(least.threads, after.threads - before.threads)};
        before = after;
    }
    require(least.files <= 0, "leaves files open in destroy");
    require(least.threads <= 0, "leaves threads running after destroy");
    require(least.bytes < kInstancesARound,
            "keeps " + std::to_string(least.bytes / kInstancesARound) + " bytes of every instance after destroy");
}

} // namespace

std::vector<Check> instanceChecks() {
    return {{kTakesConfiguration, &takesItsConfiguration},
            {"gives its own interface and no other", &knowsItsInterfaceAlone},
            {"names the key of a wrong configuration", &survivesWrongConfigurations},
            {"refuses the configurations that the fixtures name", &refusesWhatTheFixturesName},
            {"is made and destroyed again and again without a leak", &leaksNothing}};
}

} // namespace rota::ctl::conform
