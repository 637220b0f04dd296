/// DATABASE_URL and REDIS_URL.
#include "fuzz.hpp"
#include "postgres/connection.hpp"
#include "redis/redis_url.hpp"

#include <stdexcept>

namespace rota::testing {
namespace {

void parseDatabaseUrl(std::string_view text) {
    try {
        const postgres::ConnectionSettings settings{text};
        require(settings.where().find(':') != std::string::npos);
    } catch (const std::invalid_argument& error) {
        require(*error.what() != '\0');
    }
}

void parseRedisUrl(std::string_view text) {
    try {
        const auto endpoint = redis::parseRedisUrl(std::string{text});
        require(!endpoint.host.empty() && endpoint.port > 0 && endpoint.port <= 65535 && endpoint.database >= 0);
    } catch (const std::invalid_argument& error) {
        require(*error.what() != '\0');
    }
}

} // namespace
} // namespace rota::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = rota::testing::textOf(data, size);
    rota::testing::parseDatabaseUrl(text);
    rota::testing::parseRedisUrl(text);
    return 0;
}
