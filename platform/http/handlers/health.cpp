#include "base/log.hpp"
#include "http/handlers/handlers.hpp"
#include "http/json.hpp"
#include "http/query.hpp"

#include <exception>

namespace rota::http {
namespace {

/// The answer is public and says no more than a name and whether it works; why it does not is in the log.
bool works(const char* name, const ReadyCheck& check) {
    try {
        return check && check();
    } catch (const std::exception& failure) {
        base::log::warning("readiness check failed", {{"check", name}, {"cause", failure.what()}});
        return false;
    }
}

/// Redis holds nothing that PostgreSQL does not: without it bookings go on and messages are late at worst, and so they
/// do without a channel's plugin. A balancer must not take this server away for that: hence "degraded", and still 200.
Response ready(const Services& services, const std::function<Json()>& details, bool verbose) {
    const bool database = works("database", services.databaseReady);
    const bool redis = works("redis", services.redisReady);
    const bool plugins = works("plugins", services.pluginsReady);
    const auto state = [](bool working) { return working ? "ok" : "down"; };
    Json answer{{"status", !database          ? "unavailable"
                           : redis && plugins ? "ready"
                                              : "degraded"},
                {"database", state(database)},
                {"redis", state(redis)},
                {"plugins", state(plugins)}};
    if (details && verbose) answer["details"] = details();
    auto response = json(database ? 200 : 503, answer);
    if (!database) response.headers.push_back({"Retry-After", "5"});
    return response;
}

} // namespace

void addHealth(Router& router, const Services& services, const std::function<Json()>& details) {
    router.add("GET", "/healthz", [](const Request&) { return json(200, {{"status", "ok"}}); });
    router.add("GET", "/readyz", [services, details](const Request& request) {
        return ready(services, details, Query{request.query}.has("verbose"));
    });
}

} // namespace rota::http
