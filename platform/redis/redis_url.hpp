#pragma once

#include <string>

namespace rota::redis {

struct Endpoint {
    std::string host;
    int port = 6379;
    std::string user; ///< empty: the default user
    std::string password;
    int database = 0;
};

/// redis://[user:password@]host[:port][/database]; an IPv6 address stands in brackets. Throws std::invalid_argument,
/// whose text never holds the password.
Endpoint parseRedisUrl(const std::string& url);

} // namespace rota::redis
