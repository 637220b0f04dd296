#include "http/conditional.hpp"

#include "http/digest.hpp"

#include <algorithm>

namespace rota::http {
namespace {

/// Whether a list of entity tags, such as `"a", W/"b"`, or "*", names `etag`. A tag may contain commas.
bool names(std::string_view list, std::string_view etag) {
    for (auto at = list.find_first_not_of(" \t,"); at != std::string_view::npos; at = list.find_first_not_of(" \t,")) {
        list.remove_prefix(at);
        if (list == "*" || list.starts_with("* ")) return true;
        if (list.starts_with("W/")) list.remove_prefix(2); // compared weakly, as RFC 9110 asks here
        const auto end = list.starts_with('"') ? list.find('"', 1) : std::string_view::npos;
        if (end == std::string_view::npos) return false; // no list of tags
        if (list.substr(0, end + 1) == etag) return true;
        list.remove_prefix(end + 1);
    }
    return false;
}

bool clientHas(const Request& request, std::string_view etag) {
    return std::any_of(request.headers.begin(), request.headers.end(), [&](const Field& field) {
        return sameName(field.name, "If-None-Match") && names(field.value, etag);
    });
}

} // namespace

Router::Handler conditional(Router::Handler next) {
    return [next = std::move(next)](const Request& request) {
        auto response = next(request);
        if (response.status != 200) return response;
        const auto etag = '"' + digest({response.body}).substr(0, 32) + '"';
        response.headers.push_back({"ETag", etag});
        response.headers.push_back({"Cache-Control", "no-cache"});
        if (clientHas(request, etag)) {
            response.status = 304;
            response.body.clear();
        }
        return response;
    };
}

} // namespace rota::http
