#pragma once

#include "ctl/conform/fixtures.hpp"
#include "ctl/plugin_reference.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rota::ctl::conform {

struct Result {
    enum class State { Passed, Failed, NotConcerned };
    std::string plugin; ///< "channel my-gateway"; empty for what is about the library
    std::string check;
    State state = State::Passed;
    std::string detail; ///< why not
};

/// What a plugin is checked with.
struct Conditions {
    std::optional<std::string> fixtures; ///< JSON
    std::optional<std::string> config;   ///< JSON, over the fixtures'
    std::string only = "";               ///< a part of the checks' names
    bool here = false;                   ///< in this process: for a debugger
};

/// Every check that concerns the library's plugins, each in a process of its own. Throws Stop where the conditions are
/// wrong.
std::vector<Result> conformance(const PluginReference& plugin, const Conditions& conditions);

} // namespace rota::ctl::conform
