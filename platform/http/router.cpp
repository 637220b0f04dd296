#include "http/router.hpp"

#include "http/error_responses.hpp"

#include <Poco/Exception.h>
#include <Poco/URI.h>

#include <algorithm>
#include <optional>

namespace rota::http {
namespace {

std::vector<std::string> split(std::string_view path) {
    std::vector<std::string> segments;
    while (!path.empty()) {
        path.remove_prefix(1); // the slash
        const auto end = std::min(path.find('/'), path.size());
        segments.emplace_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return segments;
}

std::optional<std::string> percentDecoded(const std::string& segment) {
    try {
        std::string decoded;
        Poco::URI::decode(segment, decoded);
        return decoded;
    } catch (const Poco::Exception&) {
        return std::nullopt;
    }
}

/// Decoded segment by segment, so that "%2F" is a character of a segment and never divides the path.
std::optional<std::vector<std::string>> decodedSegments(std::string_view path) {
    auto segments = split(path);
    for (auto& segment : segments) {
        auto decoded = percentDecoded(segment);
        if (!decoded) return std::nullopt;
        segment = std::move(*decoded);
    }
    return segments;
}

Response withAllow(Response response, std::string allow) {
    response.headers.push_back({"Allow", std::move(allow)});
    return response;
}

Response noContent() {
    Response response;
    response.status = 204;
    return response;
}

} // namespace

void Router::add(std::string_view method, std::string_view pattern, Handler handler) {
    auto route = std::find_if(routes_.begin(), routes_.end(), [&](const Route& r) { return r.pattern == pattern; });
    if (route == routes_.end()) route = routes_.insert(routes_.end(), Route{std::string{pattern}, split(pattern), {}});
    route->methods.push_back({std::string{method}, std::move(handler)});
}

Response Router::operator()(const Request& request) const {
    if (request.path == "*") return noContent();
    const auto segments = decodedSegments(request.path);
    if (!segments) return error(404, "Not found");
    auto routed = request;
    for (const auto& route : routes_) {
        if (!matches(route, *segments, routed)) continue;
        auto response = answer(route, routed);
        response.route = route.pattern;
        return response;
    }
    return error(404, "Not found");
}

bool Router::matches(const Route& route, const std::vector<std::string>& segments, Request& request) {
    const auto fits = [](const std::string& pattern, const std::string& segment) {
        return pattern.front() == ':' ? !segment.empty() : pattern == segment;
    };
    if (!std::equal(route.segments.begin(), route.segments.end(), segments.begin(), segments.end(), fits)) return false;
    request.pathParameters.clear();
    for (std::size_t i = 0; i < segments.size(); ++i)
        if (route.segments[i].front() == ':')
            request.pathParameters.push_back({route.segments[i].substr(1), segments[i]});
    return true;
}

Response Router::answer(const Route& route, const Request& request) {
    const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view{request.method};
    const auto found = std::find_if(route.methods.begin(), route.methods.end(),
                                    [&](const Method& candidate) { return candidate.name == method; });
    if (found == route.methods.end())
        return withAllow(method == "OPTIONS" ? noContent() : error(405, "Method not allowed"), allow(route));
    try {
        return found->handler(request);
    } catch (...) {
        return fromCurrentException();
    }
}

std::string Router::allow(const Route& route) {
    std::string allowed = "OPTIONS";
    for (const auto& method : route.methods)
        allowed += method.name == "GET" ? ", GET, HEAD" : ", " + method.name;
    return allowed;
}

} // namespace rota::http
