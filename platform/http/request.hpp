#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rota::http {

struct Field {
    std::string name;
    std::string value;
};

/// A request, read completely and found well-formed. A plain value.
struct Request {
    std::string id;     ///< the client's X-Request-Id where it is a decent one, else made here
    std::string method; ///< one of those that RequestParser knows
    /// The target's path as it was sent: with its percent-encoding.
    std::string path;
    /// The target's query without the '?', likewise.
    std::string query;
    std::vector<Field> headers;
    std::string body;

    /// What stood for the pattern's ":names", decoded, in the pattern's order. Set by the router.
    std::vector<Field> pathParameters;

    /// The first header of that name, whatever its case.
    std::optional<std::string_view> header(std::string_view name) const;

    /// The router's parameter. Empty where the pattern has none of that name.
    std::string_view pathParameter(std::string_view name) const;

    /// Whether a provider calls back: with more at once than any patient, and with more patience.
    bool isCallback() const { return path.starts_with("/api/webhooks/"); }
};

/// Whether two names of headers are the same: letters' case aside.
bool sameName(std::string_view a, std::string_view b);

} // namespace rota::http
