#pragma once

#include "app/ports/idempotency_store.hpp"
#include "base/clock.hpp"
#include "http/router.hpp"

namespace rota::http {

/// `next`, which a POST with an Idempotency-Key reaches once: who repeats the request gets the same status, body and
/// Location for a day. Another request with the key is refused (422); an equal one under way is 409 with Retry-After.
/// Answers of 5xx are not kept, so that a repetition tries again. `store` and `clock` outlive the handler.
Router::Handler idempotent(Router::Handler next, app::IdempotencyStore& store, const base::Clock& clock);

} // namespace rota::http
