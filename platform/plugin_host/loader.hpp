#pragma once

#include "plugin_host/isolation/isolated_channel.hpp"
#include "plugin_host/isolation/process.hpp"
#include "plugin_host/library.hpp"
#include "plugin_host/plugin_instance.hpp"
#include "plugin_host/problem.hpp"
#include "plugin_host/settings.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace rota::plugin_host {

/// Makes instances for one generation, and collects what is wrong with each on the way.
class Loader {
public:
    /// `tried` are the makings of instances that once came up and went down well:
    /// they are not tried again.
    Loader(const Settings& settings, PrivateDirectory& copies, std::set<std::string>& tried, const base::Clock& clock)
        : settings_(settings), copies_(copies), tried_(tried), clock_(clock) {}

    /// For this process: tried in another one first, configured, not yet activated; null where something is wrong.
    /// `kind` is ROTA_KIND_….
    std::shared_ptr<PluginInstance> make(const std::string& subject, std::uint32_t kind, const PluginChoice& choice,
                                         base::Milliseconds timeout = {});

    /// In processes of its own, where it serves already; null where something is
    /// wrong.
    std::shared_ptr<isolation::IsolatedChannel> isolate(const ChannelSettings& channel);

    /// Activates all that were made, unless something is wrong with any.
    void activate();

    void report(PluginProblem problem) { problems_.push_back(std::move(problem)); }
    const std::vector<PluginProblem>& problems() const { return problems_; }
    const std::vector<std::shared_ptr<const Hosted>>& instances() const { return instances_; }
    /// By subject, all that an instance was made of: two of the same are no change.
    const std::map<std::string, std::string>& makings() const { return makings_; }

private:
    /// A plugin's file, and the copy of it that is loaded.
    struct Found {
        std::string path;
        std::string copy;
        std::string sha256;
    };
    /// The plugin's file where it may be loaded, and is the one that `subject` pins, if it pins one.
    const Found* find(const std::string& subject, const std::string& plugin, const std::string& pinned);
    tl::expected<Found, PluginProblem> copyOf(const std::string& plugin);
    const Library* library(const std::string& subject, const std::string& plugin, const Found& found);
    bool isGood(const isolation::Start& start);
    /// Of what `subject` asks for.
    void reportAll(const std::string& subject, std::vector<PluginProblem> problems);

    const Settings& settings_;
    PrivateDirectory& copies_;
    std::set<std::string>& tried_;
    const base::Clock& clock_;
    const std::string program_ = isolation::Process::program();
    /// By plugin: one copy, and one library, serve all its instances. None: the
    /// problem is reported.
    std::map<std::string, std::optional<Found>> found_;
    std::map<std::string, std::optional<Library>> libraries_;
    std::vector<std::shared_ptr<PluginInstance>> own_; ///< those of this process
    std::vector<std::shared_ptr<const Hosted>> instances_;
    std::map<std::string, std::string> makings_;
    std::vector<PluginProblem> problems_;
};

} // namespace rota::plugin_host
