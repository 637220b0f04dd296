#include "http/plugin_operations.hpp"

#include "http/json.hpp"

namespace rota::http {
namespace {

Json statusJson(const PluginStatus& status) {
    return {{"name", status.name},
            {"plugin", status.plugin},
            {"version", status.version},
            {"file", status.file},
            {"generation", status.generation},
            {"state", status.state},
            {"isolation", status.isolation},
            {"pids", status.processes},
            {"calls", status.calls},
            {"errors", status.errors},
            {"latency_ms", {{"p50", status.p50Ms}, {"p99", status.p99Ms}}},
            {"restarts", status.restarts},
            {"quarantined", status.state == "quarantined"}};
}

Response allPlugins(const PluginOperations& operations) {
    auto plugins = Json::array();
    for (const auto& status : operations.status())
        plugins.push_back(statusJson(status));
    return json(200, {{"generation", operations.generation()}, {"plugins", plugins}});
}

Response reload(const PluginOperations& operations) {
    const auto answer = operations.reload();
    if (answer.problems.empty())
        return json(200, {{"generation", answer.generation},
                          {"changed", answer.changed},
                          {"needs_restart", answer.needsRestart},
                          {"other_servers_asked", answer.others}});
    auto problems = Json::array();
    for (const auto& problem : answer.problems)
        problems.push_back({{"code", problem.code},
                            {"subject", problem.subject},
                            {"cause", problem.cause},
                            {"remedy", problem.remedy}});
    return json(422, {{"error", "Nothing was reloaded"}, {"generation", answer.generation}, {"problems", problems}});
}

} // namespace

void addPluginOperations(Router& router, const PluginOperations& operations) {
    router.add("GET", "/admin/plugins", [operations](const Request&) { return allPlugins(operations); });
    router.add("POST", "/admin/plugins/reload", [operations](const Request&) { return reload(operations); });
}

} // namespace rota::http
