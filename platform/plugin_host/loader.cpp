#include "plugin_host/loader.hpp"

#include "plugin_host/config_schema.hpp"

namespace rota::plugin_host {
namespace {

std::string nameOfKind(std::uint32_t kind) {
    switch (kind) {
    case ROTA_KIND_CHANNEL: return "channel";
    case ROTA_KIND_AVAILABILITY: return "availability policy";
    default: return "waitlist strategy";
    }
}

} // namespace

std::shared_ptr<PluginInstance> Loader::make(const std::string& subject, const std::string& plugin, std::uint32_t kind,
                                             const PluginConfig& config) {
    const auto* const found = library(plugin);
    if (found == nullptr) return nullptr;
    const auto type = found->find(plugin, kind);
    if (!type) {
        report({problem::kWrongKind, subject, found->path() + " holds no " + nameOfKind(kind) + " '" + plugin + "'",
                "name a plugin of that kind"});
        return nullptr;
    }
    const auto checked = checkConfig(subject, *found, *type->descriptor, config);
    if (!checked) return nullptr;
    auto instance = PluginInstance::make(subject, *found, *type, *checked, clock_);
    if (!instance) {
        report(std::move(instance.error()));
        return nullptr;
    }
    instances_.push_back(*instance);
    return *std::move(instance);
}

void Loader::activate() {
    if (!problems_.empty()) return;
    for (const auto& instance : instances_)
        if (auto done = instance->activate(); !done) report(std::move(done.error()));
}

const Library* Loader::library(const std::string& plugin) {
    auto known = libraries_.find(plugin);
    if (known == libraries_.end()) {
        auto loaded = loadLibrary(plugin);
        known = libraries_.emplace(plugin, std::nullopt).first;
        if (loaded)
            known->second = *std::move(loaded);
        else
            report(std::move(loaded.error()));
    }
    return known->second ? &*known->second : nullptr;
}

tl::expected<Library, PluginProblem> Loader::loadLibrary(const std::string& plugin) {
    const auto file = readPlugin(plugin, directories_);
    if (!file) return tl::unexpected(file.error());
    return Library::load(plugin, *file, copies_);
}

std::optional<CheckedConfig> Loader::checkConfig(const std::string& subject, const Library& library,
                                                 const rota_descriptor& descriptor, const PluginConfig& config) {
    const auto schema = ConfigSchema::parse(descriptor.config_schema);
    if (!schema) {
        report({problem::kSchema, library.path(), "its configuration schema is not supported: " + schema.error(),
                "ask its vendor for a build for this server"});
        return std::nullopt;
    }
    auto checked = schema->check(config);
    if (checked) return *std::move(checked);
    for (auto& fault : checked.error())
        report({fault.code, subject + ".config." + fault.key, std::move(fault.cause), std::move(fault.remedy)});
    return std::nullopt;
}

} // namespace rota::plugin_host
