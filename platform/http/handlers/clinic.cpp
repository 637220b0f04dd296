#include "http/conditional.hpp"
#include "http/handlers/handlers.hpp"
#include "http/json.hpp"

namespace rota::http {
namespace {

Response showClinic(const app::Clinic& clinic) {
    return json(200, {{"name", clinic.name},
                      {"address", clinic.address},
                      {"phone", clinic.phone},
                      {"timezone", clinic.zone.name()},
                      {"fee_cents", clinic.rules.feeCents},
                      {"fee_window_hours", std::chrono::floor<std::chrono::hours>(clinic.rules.feeWindow).count()},
                      {"cancellation_policy_url", clinic.cancellationPolicyUrl}});
}

} // namespace

void addClinic(Router& router, const Services& services) {
    router.add("GET", "/api/clinic", conditional([services](const Request&) { return showClinic(services.clinic); }));
}

} // namespace rota::http
