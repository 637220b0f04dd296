#pragma once

#include "http/request.hpp"

#include <string>
#include <vector>

namespace rota::http {

/// An answer. What every answer carries (Date, Content-Length, X-Request-Id, …) is added by the server.
struct Response {
    int status = 200;
    std::string body; ///< JSON text; empty for none
    std::vector<Field> headers;

    /// The pattern that answered, for logs and metrics: "/api/doctors/:id". Never the path itself, which may hold data.
    std::string route;
};

/// The standard reason phrase: "Not Found".
const char* reasonPhrase(int status);

} // namespace rota::http
