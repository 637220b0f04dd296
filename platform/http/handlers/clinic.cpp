#include "http/conditional.hpp"
#include "http/handlers/handlers.hpp"
#include "http/json.hpp"

namespace rota::http {
namespace {

Response showClinic(const app::Clinic& clinic) {
    using std::chrono::minutes;
    // Of a part of an hour the whole: who is warned too soon is not charged, who is warned too late is.
    const auto feeWindow = std::chrono::ceil<std::chrono::hours>(clinic.rules.feeWindow);
    return json(200, {{"name", clinic.name},
                      {"address", clinic.address},
                      {"phone", clinic.phone},
                      {"timezone", clinic.zone.name()},
                      {"fee_cents", clinic.rules.feeCents},
                      {"fee_window_hours", feeWindow.count()},
                      {"max_advance_days", std::chrono::ceil<std::chrono::days>(clinic.rules.maxAdvance).count()},
                      {"waitlist_max_entries", clinic.waitlist.maxEntries},
                      {"email_reminder_minutes", std::chrono::ceil<minutes>(clinic.leads.emailBefore).count()},
                      {"sms_reminder_minutes", std::chrono::ceil<minutes>(clinic.leads.smsBefore).count()},
                      {"cancellation_policy_url", clinic.cancellationPolicyUrl}});
}

} // namespace

void addClinic(Router& router, const Services& services) {
    router.add("GET", "/api/clinic", conditional([services](const Request&) { return showClinic(services.clinic); }));
}

} // namespace rota::http
