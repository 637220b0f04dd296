#include "redis/redis_url.hpp"

#include <charconv>
#include <stdexcept>
#include <string_view>

namespace rota::redis {
namespace {

constexpr std::string_view kScheme = "redis://";

[[noreturn]] void refuse(const std::string& why) {
    throw std::invalid_argument("Redis URL: " + why);
}

int number(std::string_view text, int least, int most, const std::string& what) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most)
        refuse(what + " must be a number from " + std::to_string(least) + " to " + std::to_string(most));
    return value;
}

std::string percentDecoded(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        unsigned value = 0;
        const auto* digits = text.data() + i + 1;
        if (i + 2 >= text.size() || std::from_chars(digits, digits + 2, value, 16).ptr != digits + 2)
            refuse("user or password holds a % that two hexadecimal digits do not follow");
        decoded += static_cast<char>(value);
        i += 2;
    }
    return decoded;
}

void parseCredentials(std::string_view text, Endpoint& endpoint) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) refuse("write :password@ or user:password@ before the host");
    endpoint.user = percentDecoded(text.substr(0, colon));
    endpoint.password = percentDecoded(text.substr(colon + 1));
}

void parseHostAndPort(std::string_view text, Endpoint& endpoint) {
    const bool bracketed = text.starts_with('[');
    const auto hostEnd = bracketed ? text.find(']') : text.find(':');
    if (bracketed && hostEnd == std::string_view::npos) refuse("the [ of an IPv6 address is not closed");
    endpoint.host = bracketed ? text.substr(1, hostEnd - 1) : text.substr(0, hostEnd);
    if (endpoint.host.empty()) refuse("names no host");

    auto rest = hostEnd == std::string_view::npos ? std::string_view{} : text.substr(hostEnd + (bracketed ? 1 : 0));
    if (rest.empty()) return;
    if (!rest.starts_with(':')) refuse("only :port may follow the host");
    endpoint.port = number(rest.substr(1), 1, 65535, "the port");
}

} // namespace

Endpoint parseRedisUrl(const std::string& url) {
    std::string_view rest = url;
    if (rest.starts_with("rediss://"))
        refuse("TLS (rediss://) is not supported; use redis:// inside a private network or through a TLS tunnel");
    if (!rest.starts_with(kScheme)) refuse("must start with redis://");
    rest.remove_prefix(kScheme.size());

    Endpoint endpoint;
    // The last @ ends the credentials, so that a password with an unencoded one still works.
    if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
        parseCredentials(rest.substr(0, at), endpoint);
        rest.remove_prefix(at + 1);
    }
    if (rest.find_first_of("?#") != std::string_view::npos) refuse("takes no ? or # after the database");
    if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
        const auto database = rest.substr(slash + 1);
        if (!database.empty()) endpoint.database = number(database, 0, 1'000'000, "the database");
        rest = rest.substr(0, slash);
    }
    parseHostAndPort(rest, endpoint);
    return endpoint;
}

} // namespace rota::redis
