#include "ctl/plugin_reference.hpp"

#include "ctl/configuration.hpp"

#include <filesystem>

namespace rota::ctl {

namespace fs = std::filesystem;

namespace {

/// For a file that is named, which concerns a configuration only where there is one: who writes a plugin may have none,
/// or not be allowed to read it.
std::set<uid_t> ownersFor(const Arguments& arguments) {
    if (arguments.has("config")) return loadConfiguration(arguments, {"plugin."}).settings.pluginOwners;
    return server::loadSettings(server::defaultConfigurationFile(), server::processEnvironment()).settings.pluginOwners;
}

} // namespace

PluginReference pluginReference(const std::string& operand, const Arguments& arguments) {
    const fs::path file(operand);
    if (operand.find('/') == std::string::npos && file.extension() != ".so")
        return {operand, configuredPlaces(arguments)};
    if (file.extension() != ".so") throw Stop(kUsage, "'" + operand + "' must end with .so, as all plugins do");
    return {file.stem(), {{fs::absolute(file).lexically_normal().parent_path()}, ownersFor(arguments)}};
}

PluginPlaces configuredPlaces(const Arguments& arguments) {
    const auto settings = loadConfiguration(arguments, {"plugin."}).settings;
    PluginPlaces places{{}, settings.pluginOwners};
    for (const auto& directory : settings.pluginDirectories)
        places.directories.push_back(fs::absolute(directory).lexically_normal());
    return places;
}

} // namespace rota::ctl
