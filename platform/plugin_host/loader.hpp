#pragma once

#include "plugin_host/library.hpp"
#include "plugin_host/plugin_instance.hpp"
#include "plugin_host/problem.hpp"
#include "plugin_host/settings.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rota::plugin_host {

/// Makes instances for one generation, and collects what is wrong with each on the way.
class Loader {
public:
    Loader(std::vector<std::string> directories, PrivateDirectory& copies, const base::Clock& clock)
        : directories_(std::move(directories)), copies_(copies), clock_(clock) {}

    /// Configured, not yet activated; null where something is wrong. `kind` is ROTA_KIND_….
    std::shared_ptr<PluginInstance> make(const std::string& subject, const std::string& plugin, std::uint32_t kind,
                                         const PluginConfig& config);

    /// Activates all that were made, unless something is wrong with any.
    void activate();

    void report(PluginProblem problem) { problems_.push_back(std::move(problem)); }
    const std::vector<PluginProblem>& problems() const { return problems_; }
    const std::vector<std::shared_ptr<PluginInstance>>& instances() const { return instances_; }

private:
    const Library* library(const std::string& plugin);
    tl::expected<Library, PluginProblem> loadLibrary(const std::string& plugin);
    std::optional<CheckedConfig> checkConfig(const std::string& subject, const Library& library,
                                             const rota_descriptor& descriptor, const PluginConfig& config);

    std::vector<std::string> directories_;
    PrivateDirectory& copies_;
    const base::Clock& clock_;
    /// One copy serves all instances of a plugin. None: it was tried, and the problem is reported.
    std::map<std::string, std::optional<Library>> libraries_;
    std::vector<std::shared_ptr<PluginInstance>> instances_;
    std::vector<PluginProblem> problems_;
};

} // namespace rota::plugin_host
