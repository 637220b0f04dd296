#pragma once

#include "ctl/plugin_reference.hpp"

#include <rota/plugin.h>

#include <nlohmann/json.hpp>

#include <string>

namespace rota::ctl {

/// "channel", "availability" or "waitlist".
std::string nameOfKind(std::uint32_t kind);

/// What a library says of itself, or why it cannot.
struct Probe {
    nlohmann::json description; ///< file, abi, build, plugins: [{kind, id, name, version, …}]
    std::string problem;        ///< for the operator; empty where all is well
};

/// Finds, checks and loads the library in a child process, and asks for its descriptors. Nothing is created.
Probe probe(const PluginReference& plugin);

} // namespace rota::ctl
