#include "plugin_host/assembly.hpp"

#include "plugin_host/config_schema.hpp"

namespace rota::plugin_host {
namespace {

using Problems = std::vector<PluginProblem>;

std::string nameOfKind(std::uint32_t kind) {
    switch (kind) {
    case ROTA_KIND_CHANNEL: return "channel";
    case ROTA_KIND_AVAILABILITY: return "availability policy";
    default: return "waitlist strategy";
    }
}

tl::expected<CheckedConfig, Problems> checkConfig(const std::string& subject, const Library& library,
                                                  const rota_descriptor& descriptor, const PluginConfig& config) {
    const auto schema = ConfigSchema::parse(descriptor.config_schema);
    if (!schema)
        return tl::unexpected(
            Problems{{problem::kSchema, library.path(), "its configuration schema is not supported: " + schema.error(),
                      "ask its vendor for a build for this server"}});
    return schema->check(config).map_error([&](const std::vector<ConfigFault>& faults) {
        Problems problems;
        for (const auto& fault : faults)
            problems.push_back({fault.code, subject + ".config." + fault.key, fault.cause, fault.remedy});
        return problems;
    });
}

} // namespace

tl::expected<std::shared_ptr<PluginInstance>, Problems> assemble(const Library& library, const std::string& subject,
                                                                 const std::string& plugin, std::uint32_t kind,
                                                                 const PluginConfig& config, const base::Clock& clock,
                                                                 const Progress& progress) {
    progress("asked what it is");
    const auto type = library.find(plugin, kind);
    if (!type)
        return tl::unexpected(Problems{{problem::kWrongKind, subject,
                                        library.path() + " holds no " + nameOfKind(kind) + " '" + plugin + "'",
                                        "name a plugin of that kind"}});
    const auto checked = checkConfig(subject, library, *type->descriptor, config);
    if (!checked) return tl::unexpected(checked.error());
    progress("created and configured");
    return PluginInstance::make(subject, library, *type, *checked, clock).map_error([](const PluginProblem& problem) {
        return Problems{problem};
    });
}

PluginProblem lacksInterface(const std::string& subject, const char* interface) {
    return {problem::kWrongKind, subject, std::string("the plugin gives no interface ") + interface,
            "ask its vendor for a build for this server"};
}

} // namespace rota::plugin_host
