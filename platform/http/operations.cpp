#include "http/operations.hpp"

#include "http/digest.hpp"
#include "http/error_responses.hpp"
#include "http/handlers/handlers.hpp"
#include "http/json.hpp"
#include "http/query.hpp"

namespace rota::http {
namespace {

Json detailsJson(const OperationsDetails& details) {
    auto plugins = Json::array();
    for (const auto& plugin : details.plugins)
        plugins.push_back({{"name", plugin.name}, {"plugin", plugin.plugin}, {"version", plugin.version}});
    return {{"version", details.version},
            {"environment", details.environment},
            {"http_connections", details.httpConnections},
            {"pool", {{"in_use", details.poolInUse}, {"idle", details.poolIdle}, {"waiting", details.poolWaiting}}},
            {"plugins", plugins}};
}

Response metricsOf(const OperationsSources& sources) {
    Response response;
    response.body = sources.metrics();
    response.headers.push_back({"Content-Type", "text/plain; version=0.0.4; charset=utf-8"});
    return response;
}

bool isAllowed(const Request& request, const std::string& token) {
    const auto given = request.header("Authorization").value_or("");
    constexpr std::string_view kScheme = "bearer ";
    if (given.size() <= kScheme.size() || !sameName(given.substr(0, kScheme.size()), kScheme)) return false;
    // Of digests, what the time of a comparison tells is of no use to a guesser.
    return digest({given.substr(kScheme.size())}) == digest({token});
}

} // namespace

Router makeOperationsRouter(const Services& services, const OperationsSources& sources) {
    Router router;
    addHealth(router, services, [details = sources.details] { return detailsJson(details()); });
    addJobs(router, services, sources.ledger, sources.retryJob);
    router.add("GET", "/metrics", [sources](const Request&) { return metricsOf(sources); });
    addPluginOperations(router, sources.plugins);
    return router;
}

Router::Handler refusePages(Router::Handler next) {
    return [next = std::move(next)](const Request& request) {
        const bool changes = request.method != "GET" && request.method != "HEAD";
        if (changes && request.header("Origin")) return error(403, "Not for pages in a browser");
        return next(request);
    };
}

Router::Handler requireToken(Router::Handler next, std::string token) {
    if (token.empty()) return next;
    return [next = std::move(next), token = std::move(token)](const Request& request) {
        if (isAllowed(request, token)) return next(request);
        auto response = error(401, "Unauthorized");
        response.headers.push_back({"WWW-Authenticate", "Bearer"});
        return response;
    };
}

} // namespace rota::http
