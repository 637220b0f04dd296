#include "http/cross_origin.hpp"

#include <algorithm>

namespace rota::http {
namespace {

constexpr const char* kExposed = "X-Request-Id, Location, ETag, Retry-After";
constexpr const char* kRequestHeaders = "Content-Type, Idempotency-Key, If-None-Match, X-Request-Id";
/// Seconds for which a browser does not ask again whether it may.
constexpr const char* kMaxAge = "600";

/// A browser's question before a request: the router's answer to OPTIONS says what the path has.
void addPreflight(const Request& request, Response& response) {
    if (request.method != "OPTIONS" || !request.header("Access-Control-Request-Method")) return;
    const auto allow = std::find_if(response.headers.begin(), response.headers.end(),
                                    [](const Field& field) { return field.name == "Allow"; });
    if (allow == response.headers.end()) return;
    const auto methods = allow->value;
    response.headers.push_back({"Access-Control-Allow-Methods", methods});
    response.headers.push_back({"Access-Control-Allow-Headers", kRequestHeaders});
    response.headers.push_back({"Access-Control-Max-Age", kMaxAge});
}

} // namespace

Router::Handler crossOrigin(Router::Handler next, std::vector<std::string> origins) {
    return [next = std::move(next), origins = std::move(origins)](const Request& request) {
        auto response = next(request);
        // Also without an origin: what a cache keeps of this answer must not be given to a page.
        response.headers.push_back({"Vary", "Origin"});
        const auto origin = request.header("Origin");
        if (!origin || std::find(origins.begin(), origins.end(), *origin) == origins.end()) return response;
        response.headers.push_back({"Access-Control-Allow-Origin", std::string{*origin}});
        response.headers.push_back({"Access-Control-Expose-Headers", kExposed});
        addPreflight(request, response);
        return response;
    };
}

} // namespace rota::http
