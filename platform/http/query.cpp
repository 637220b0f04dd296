#include "http/query.hpp"

#include <Poco/Exception.h>
#include <Poco/URI.h>

#include <algorithm>

namespace rota::http {
namespace {

std::optional<std::string> decoded(std::string_view text) {
    try {
        std::string result;
        Poco::URI::decode(std::string{text}, result, true);
        return result;
    } catch (const Poco::Exception&) {
        return std::nullopt;
    }
}

} // namespace

Query::Query(std::string_view query) {
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        const auto equals = std::min(pair.find('='), pair.size());
        const auto value = pair.substr(std::min(equals + 1, pair.size()));
        if (auto name = decoded(pair.substr(0, equals))) parameters_.push_back({std::move(*name), std::string{value}});
    }
}

bool Query::has(std::string_view name) const {
    return std::any_of(parameters_.begin(), parameters_.end(), [&](const Field& field) { return field.name == name; });
}

std::optional<std::string> Query::value(std::string_view name, FieldErrors& errors) const {
    const auto named = [&](const Field& field) { return field.name == name; };
    const auto first = std::find_if(parameters_.begin(), parameters_.end(), named);
    if (first == parameters_.end()) return std::nullopt;
    if (std::count_if(first, parameters_.end(), named) > 1) {
        errors.push_back({std::string{name}, "Must be given only once"});
        return std::nullopt;
    }
    auto value = decoded(first->value);
    if (!value) errors.push_back({std::string{name}, "Is not percent-encoded correctly"});
    return value;
}

} // namespace rota::http
