#pragma once

#include "http/router.hpp"

namespace rota::http {

/// `next`, whose answers of 200 get an ETag and may be kept, to be asked for anew each time: a client that has the same
/// already (If-None-Match) is told so by 304 without a body.
Router::Handler conditional(Router::Handler next);

} // namespace rota::http
