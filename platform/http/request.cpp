#include "http/request.hpp"

#include <algorithm>

namespace rota::http {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

bool sameName(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string_view> Request::header(std::string_view name) const {
    for (const auto& field : headers)
        if (sameName(field.name, name)) return field.value;
    return std::nullopt;
}

std::string_view Request::pathParameter(std::string_view name) const {
    for (const auto& field : pathParameters)
        if (field.name == name) return field.value;
    return {};
}

} // namespace rota::http
