#pragma once

#include "http/router.hpp"
#include "http/services.hpp"

/// One function a resource: it adds that resource's paths. Only for makeRouter.
namespace rota::http {

void addDoctors(Router& router, const Services& services);
void addSchedules(Router& router, const Services& services);
void addPatients(Router& router, const Services& services);
void addAppointments(Router& router, const Services& services);
void addHealth(Router& router, const Services& services);

} // namespace rota::http
