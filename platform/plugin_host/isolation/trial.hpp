#pragma once

#include "base/clock.hpp"
#include "plugin_host/isolation/process.hpp"
#include "plugin_host/isolation/values.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <set>
#include <string>
#include <vector>

/// What a server does to bring a plugin up in a process.
namespace rota::plugin_host::isolation {

/// What a child may ask of the server beside its calls: secrets that stand in its configuration, and lines of its log.
class Services {
public:
    explicit Services(const PluginConfig& config);
    /// Whether the frame was such a thing.
    bool serve(FrameSocket& socket, const Frame& frame) const;

private:
    std::set<std::string> references_;
};

/// Lets a process make what `start` names. `now` is put in. Throws FrameError.
tl::expected<Ready, std::vector<PluginProblem>> bringUp(Process& process, Start start, const base::Clock& clock,
                                                        const Services& services);

/// Tries in a process of its own what is to run in this one: load, create, configure, activate, deactivate, destroy. A
/// plugin that ends a process or never comes back does so there. Empty where all went well.
std::vector<PluginProblem> tryInProcess(const std::string& program, const Start& start, const base::Clock& clock);

PluginProblem cannotStart(const std::string& subject, const std::string& program);

} // namespace rota::plugin_host::isolation
