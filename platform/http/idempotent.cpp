#include "http/idempotent.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"
#include "http/digest.hpp"
#include "http/error_responses.hpp"
#include "http/wire.hpp"

#include <algorithm>

namespace rota::http {
namespace {

using app::IdempotencyStore;

/// In logs and metrics, for what no handler was asked: counting a repeated booking as a booking would be wrong.
constexpr const char* kRoute = "idempotent-repetition";

bool isUsable(std::string_view key) {
    return !key.empty() && key.size() <= base::limits::kIdempotencyKeyLength &&
           std::all_of(key.begin(), key.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

Response withoutHandler(Response response) {
    response.route = kRoute;
    return response;
}

Response underWay() {
    auto response = error(409, "A request with this Idempotency-Key is under way");
    response.headers.push_back({"Retry-After", "1"});
    return response;
}

Response repeated(const app::StoredAnswer& answer) {
    Response response;
    response.status = answer.status;
    response.body = answer.body;
    if (!answer.location.empty()) response.headers.push_back({"Location", answer.location});
    return response;
}

std::string locationOf(const Response& response) {
    for (const auto& field : response.headers)
        if (sameName(field.name, "Location")) return field.value;
    return {};
}

/// Once the handler has done its work, its answer goes to the client, kept or not.
void keep(IdempotencyStore& store, const app::KeyedRequest& keyed, const Response& response) {
    try {
        if (response.status < 500)
            store.finish(keyed, {response.status, response.body, locationOf(response)});
        else
            store.abandon(keyed);
    } catch (const std::exception&) {
        base::log::warning("the answer of an Idempotency-Key could not be kept", {{"status", response.status}});
    }
}

Response answer(const Router::Handler& next, IdempotencyStore& store, const base::Clock& clock,
                const Request& request) {
    if (request.method != "POST") return next(request);
    const auto key = request.header("Idempotency-Key");
    if (!key) return next(request);
    if (!isUsable(*key))
        return withoutHandler(validationFailed({{"Idempotency-Key", "Must be 1 to 255 characters of ASCII"}}));

    const app::KeyedRequest keyed{std::string{*key},
                                  digest({request.method, request.path, request.query, request.body}), newRequestId()};
    const auto claim = store.begin(keyed, clock.now());
    if (const auto* stored = std::get_if<app::StoredAnswer>(&claim)) return withoutHandler(repeated(*stored));
    if (std::holds_alternative<IdempotencyStore::UnderWay>(claim)) return withoutHandler(underWay());
    if (std::holds_alternative<IdempotencyStore::OtherRequest>(claim))
        return withoutHandler(error(422, "Idempotency-Key was used with another request"));
    auto response = next(request);
    keep(store, keyed, response);
    return response;
}

} // namespace

Router::Handler idempotent(Router::Handler next, app::IdempotencyStore& store, const base::Clock& clock) {
    return [next = std::move(next), &store, &clock](const Request& request) {
        try {
            return answer(next, store, clock, request);
        } catch (...) {
            return fromCurrentException();
        }
    };
}

} // namespace rota::http
