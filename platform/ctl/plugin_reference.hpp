#pragma once

#include "ctl/command.hpp"

#include <string>
#include <vector>

namespace rota::ctl {

/// A plugin that a command is about: its name, and the directories to find it in.
struct PluginReference {
    std::string name;
    std::vector<std::string> directories;
};

/// FILE, which has a slash or ends with .so, or the NAME of a plugin in the configured directories.
PluginReference pluginReference(const std::string& operand, const Arguments& arguments);

/// Of the configuration, absolute.
std::vector<std::string> pluginDirectories(const Arguments& arguments);

} // namespace rota::ctl
