#pragma once

#include "http/json.hpp"
#include "http/router.hpp"
#include "http/services.hpp"

/// One function a resource: it adds that resource's paths. Only for makeRouter.
namespace rota::http {

void addDoctors(Router& router, const Services& services);
void addSchedules(Router& router, const Services& services);
void addPatients(Router& router, const Services& services);
void addAppointments(Router& router, const Services& services);
void addWaitlist(Router& router, const Services& services);
void addClinic(Router& router, const Services& services);
void addOpenApi(Router& router);
/// `details`, where given, are shown to who asks /readyz?verbose.
void addHealth(Router& router, const Services& services, const std::function<Json()>& details = nullptr);

} // namespace rota::http
