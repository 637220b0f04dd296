#include "http/services.hpp"

#include "http/handlers/handlers.hpp"

namespace rota::http {

Router makeRouter(const Services& services) {
    Router router;
    addDoctors(router, services);
    addSchedules(router, services);
    addPatients(router, services);
    addAppointments(router, services);
    addWaitlist(router, services);
    addClinic(router, services);
    addWebhooks(router, services);
    addOpenApi(router);
    addDocs(router, services.docsDirectory);
    addHealth(router, services);
    return router;
}

} // namespace rota::http
