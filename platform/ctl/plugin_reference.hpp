#pragma once

#include "ctl/command.hpp"
#include "plugin_host/plugin_file.hpp"

#include <set>
#include <string>
#include <vector>

namespace rota::ctl {

/// Where plugins are looked for, and who may own them, beside root and us.
struct PluginPlaces {
    std::vector<std::string> directories;
    std::set<uid_t> owners;
};

/// A plugin that a command is about.
struct PluginReference {
    std::string name;
    PluginPlaces places;

    /// Its file, found and checked as the server does.
    tl::expected<plugin_host::PluginFile, plugin_host::PluginProblem> read() const {
        return plugin_host::readPlugin(name, places.directories, places.owners);
    }
};

/// FILE, which has a slash or ends with .so, or the NAME of a plugin in the configured directories.
PluginReference pluginReference(const std::string& operand, const Arguments& arguments);

/// Those of the configuration, absolute.
PluginPlaces configuredPlaces(const Arguments& arguments);

} // namespace rota::ctl
