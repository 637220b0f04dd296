#include "server/plugin_status.hpp"

namespace rota::server {
namespace {

double inMilliseconds(std::chrono::duration<double, std::milli> duration) {
    return duration.count();
}

} // namespace

std::string_view toString(plugin_host::InstanceInfo::State state) {
    using State = plugin_host::InstanceInfo::State;
    switch (state) {
    case State::Serving: return "serving";
    case State::Draining: return "draining";
    case State::Restarting: return "restarting";
    case State::Quarantined: break;
    }
    return "quarantined";
}

std::vector<http::PluginStatus> pluginStatus(const plugin_host::PluginHost& plugins) {
    std::vector<http::PluginStatus> all;
    for (const auto& info : plugins.instances())
        all.push_back({.name = info.name,
                       .plugin = info.plugin,
                       .version = info.version,
                       .file = info.file,
                       .generation = info.generation,
                       .state = std::string(toString(info.state)),
                       .isolation = info.isolated ? "process" : "none",
                       .processes = {info.processes.begin(), info.processes.end()},
                       .calls = info.calls.calls,
                       .errors = info.calls.errors,
                       .p50Ms = inMilliseconds(info.calls.p50),
                       .p99Ms = inMilliseconds(info.calls.p99),
                       .restarts = info.restarts});
    return all;
}

http::ReloadAnswer reloadAnswer(ReloadEverywhere::Answer answer) {
    http::ReloadAnswer said;
    said.generation = answer.here.generation;
    said.changed = std::move(answer.here.changed);
    said.needsRestart = std::move(answer.here.restart);
    said.others = answer.others;
    for (auto& problem : answer.here.problems)
        said.problems.push_back(
            {std::move(problem.code), std::move(problem.subject), std::move(problem.cause), std::move(problem.remedy)});
    return said;
}

} // namespace rota::server
