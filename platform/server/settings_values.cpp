#include "server/settings_values.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace rota::server {
namespace {

std::optional<long long> wholeNumber(std::string_view text) {
    long long value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

} // namespace

std::optional<base::Milliseconds> parseDuration(std::string_view text) {
    using namespace std::chrono;
    const auto unitAt = text.find_first_not_of("0123456789");
    if (unitAt == 0 || unitAt == std::string_view::npos || unitAt > 9) return std::nullopt;
    const auto number = wholeNumber(text.substr(0, unitAt));
    const auto unit = text.substr(unitAt);
    if (!number) return std::nullopt;
    if (unit == "ms") return milliseconds{*number};
    if (unit == "s") return seconds{*number};
    if (unit == "m") return minutes{*number};
    if (unit == "h") return hours{*number};
    if (unit == "d") return days{*number};
    return std::nullopt;
}

std::optional<long long> parseInteger(std::string_view text, long long least, long long most) {
    const auto number = wholeNumber(text);
    return number && *number >= least && *number <= most ? number : std::nullopt;
}

std::optional<bool> parseBoolean(std::string_view text) {
    if (text == "true") return true;
    if (text == "false") return false;
    return std::nullopt;
}

std::vector<std::string> parseList(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        if (const auto part = base::trimmed(text.substr(0, comma)); !part.empty()) parts.emplace_back(part);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return parts;
}

} // namespace rota::server
