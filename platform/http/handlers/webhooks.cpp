#include "base/log.hpp"
#include "base/text.hpp"
#include "http/error_responses.hpp"
#include "http/handlers/handlers.hpp"

#include <algorithm>

namespace rota::http {
namespace {

using Reason = app::WebhookRefused::Reason;

/// As the provider called it, as far as that can be told here: a proxy before us says by which scheme.
std::string calledUrl(const Request& request) {
    const auto scheme = request.header("X-Forwarded-Proto").value_or("http");
    const auto host = request.header("Host").value_or("");
    const std::string target = request.query.empty() ? request.path : request.path + "?" + request.query;
    return std::string(scheme) + "://" + std::string(host) + target;
}

app::WebhookRequest webhookRequest(const Request& request, base::Instant now) {
    app::WebhookRequest result{
        .received = now, .method = request.method, .url = calledUrl(request), .headers = {}, .body = request.body};
    for (const auto& [name, value] : request.headers)
        result.headers.emplace_back(base::lower(name), value);
    return result;
}

/// Says nothing that would help somebody who tries signatures out; the log says it to the operator.
Response refused(const std::string& instance, const app::WebhookRefused& refusal) {
    if (refusal.reason == Reason::NotOffered) return error(404, "Not found");
    base::log::warning("callback refused", {{"instance", instance}, {"error", refusal.error}});
    if (refusal.reason == Reason::Forged) return error(403, "The signature is not accepted");
    if (refusal.reason == Reason::Malformed) return error(400, "The callback is not understood");
    auto response = error(503, "The callback cannot be taken now");
    response.headers.push_back({"Retry-After", "30"});
    return response;
}

/// A plugin may say anything, and it goes out as HTTP.
bool isAnAnswer(const app::WebhookReply& reply) {
    return reply.status >= 200 && reply.status <= 599 &&
           std::ranges::none_of(reply.contentType, [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

Response receive(const Services& services, const Request& request) {
    const std::string instance(request.pathParameter("instance"));
    const auto reply = services.receiveCallback(instance, webhookRequest(request, services.clock.now()));
    if (!reply) return refused(instance, reply.error());
    if (!isAnAnswer(*reply)) {
        base::log::warning("a plugin's answer to a callback cannot be sent", {{"instance", instance}});
        return {.status = 204, .body = {}, .headers = {}, .route = {}};
    }
    Response response{.status = reply->status, .body = reply->body, .headers = {}, .route = {}};
    if (!reply->contentType.empty()) response.headers.push_back({"Content-Type", reply->contentType});
    return response;
}

} // namespace

void addWebhooks(Router& router, const Services& services) {
    router.add("POST", "/api/webhooks/:instance",
               [services](const Request& request) { return receive(services, request); });
}

} // namespace rota::http
