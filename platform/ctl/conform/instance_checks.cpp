#include "ctl/conform/checks.hpp"

#include <malloc.h>

#include <algorithm>
#include <filesystem>

// Counts for us where malloc is AddressSanitizer's, whose mallinfo knows nothing.
extern "C" __attribute__((weak)) std::size_t __sanitizer_get_current_allocated_bytes();

namespace rota::ctl::conform {
namespace {

using nlohmann::json;

std::size_t allocatedBytes() {
    if (__sanitizer_get_current_allocated_bytes != nullptr) return __sanitizer_get_current_allocated_bytes();
    const auto info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
}

std::size_t entriesOf(const char* folder) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

struct Usage {
    std::size_t bytes = allocatedBytes();
    std::size_t files = entriesOf("/proc/self/fd");
    std::size_t threads = entriesOf("/proc/self/task");
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

void leaksNothing(const Subject& subject) {
    const auto use = [&](int times) {
        for (int i = 0; i < times; ++i)
            const Instance instance(subject);
    };
    // What is made once and kept, such as a table, is no leak.
    use(10);
    const Usage before;
    use(100);
    const Usage after;
    require(after.files <= before.files, "leaves files open in destroy");
    require(after.threads <= before.threads, "leaves threads running after destroy");
    // Less than 64 bytes an instance: caches of the libraries may grow a little.
    require(after.bytes < before.bytes + 100 * 64,
            "keeps " + std::to_string((after.bytes - before.bytes) / 100) + " bytes of every instance after destroy");
}

} // namespace

std::vector<Check> instanceChecks() {
    return {{kTakesConfiguration, &takesItsConfiguration},
            {"gives its own interface and no other", &knowsItsInterfaceAlone},
            {"names the key of a wrong configuration", &survivesWrongConfigurations},
            {"refuses the configurations that the fixtures name", &refusesWhatTheFixturesName},
            {"is made and destroyed 100 times without a leak", &leaksNothing}};
}

} // namespace rota::ctl::conform
