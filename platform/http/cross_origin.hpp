#pragma once

#include "http/router.hpp"

#include <string>
#include <vector>

namespace rota::http {

/// `next`, which pages from these origins ("http://localhost:3000") may call: browsers ask for that (CORS). Requests
/// from elsewhere are answered all the same; it is the browser that keeps the answer from a foreign page.
Router::Handler crossOrigin(Router::Handler next, std::vector<std::string> origins);

} // namespace rota::http
