#include "ctl/plugin_reference.hpp"

#include "ctl/configuration.hpp"

#include <filesystem>

namespace rota::ctl {

namespace fs = std::filesystem;

PluginReference pluginReference(const std::string& operand, const Arguments& arguments) {
    const fs::path file(operand);
    if (operand.find('/') == std::string::npos && file.extension() != ".so")
        return {operand, pluginDirectories(arguments)};
    if (file.extension() != ".so") throw Stop(kUsage, "'" + operand + "' must end with .so, as all plugins do");
    return {file.stem(), {fs::absolute(file).lexically_normal().parent_path()}};
}

std::vector<std::string> pluginDirectories(const Arguments& arguments) {
    std::vector<std::string> directories;
    for (const auto& directory : loadConfiguration(arguments, {"plugin."}).settings.pluginDirectories)
        directories.push_back(fs::absolute(directory).lexically_normal());
    return directories;
}

} // namespace rota::ctl
