#pragma once

#include "plugin_host/library.hpp"
#include "plugin_host/plugin_instance.hpp"
#include "plugin_host/problem.hpp"
#include "plugin_host/settings.hpp"

#include <tl/expected.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rota::plugin_host {

/// Is told what is about to be done with a plugin, in words that follow "while it was": should it crash, somebody knows
/// where.
using Progress = std::function<void(const char* doing)>;

/// The instance that a configuration asks for, configured, not yet activated; or all that is wrong. `kind` is
/// ROTA_KIND_….
tl::expected<std::shared_ptr<PluginInstance>, std::vector<PluginProblem>> assemble(
    const Library& library, const std::string& subject, const std::string& plugin, std::uint32_t kind,
    const PluginConfig& config, const base::Clock& clock, const Progress& progress = [](const char*) {});

/// Of an instance that does not give the interface of its kind.
PluginProblem lacksInterface(const std::string& subject, const char* interface);

} // namespace rota::plugin_host
