#pragma once

#include "http/router.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace rota::http {

/// One configured use of a plugin, for operators.
struct PluginStatus {
    std::string name;
    std::string plugin;
    std::string version;
    std::string file;
    std::uint64_t generation = 0;
    std::string state;     ///< serving, draining, restarting, quarantined
    std::string isolation; ///< process, none
    std::vector<std::int64_t> processes;
    std::uint64_t calls = 0;
    std::uint64_t errors = 0;
    double p50Ms = 0;
    double p99Ms = 0;
    std::uint64_t restarts = 0;
};

/// What became of a reload.
struct ReloadAnswer {
    struct Problem {
        std::string code;
        std::string subject;
        std::string cause;
        std::string remedy;
    };
    std::uint64_t generation = 0;
    std::vector<std::string> changed;
    std::vector<std::string> needsRestart;
    bool others = false;           ///< whether the other servers were asked too
    std::vector<Problem> problems; ///< with any, nothing was changed
};

struct PluginOperations {
    std::function<std::uint64_t()> generation;
    std::function<std::vector<PluginStatus>()> status;
    std::function<ReloadAnswer()> reload;
};

/// GET /admin/plugins and POST /admin/plugins/reload.
void addPluginOperations(Router& router, const PluginOperations& operations);

} // namespace rota::http
