#pragma once

#include "base/time.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

#include <string>

namespace rota::http {

/// What of an answer depends on its request and its connection.
struct WireOptions {
    bool keepAlive = true;
    bool withBody = true; ///< false for HEAD: the length is told, the body left out
    std::string requestId;
    base::Instant now;
};

/// The answer's bytes, with the headers that every answer carries.
std::string toWire(const Response& response, const WireOptions& options);

/// An id for a request that brought none: 16 hexadecimal digits. [thread-safe]
std::string newRequestId();

} // namespace rota::http
