#pragma once

#include "base/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The notations of configuration values.
namespace rota::server {

/// A whole number with its unit: 500ms, 10s, 15m, 2h, 90d.
std::optional<base::Milliseconds> parseDuration(std::string_view text);

/// A whole number within [least, most].
std::optional<long long> parseInteger(std::string_view text, long long least, long long most);

/// true or false.
std::optional<bool> parseBoolean(std::string_view text);

/// Parts between commas, without the spaces around them and without empty ones.
std::vector<std::string> parseList(std::string_view text);

} // namespace rota::server
