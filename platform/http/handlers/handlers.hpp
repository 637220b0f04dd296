#pragma once

#include "app/ports/job_ledger.hpp"
#include "app/retry_job.hpp"
#include "http/json.hpp"
#include "http/router.hpp"
#include "http/services.hpp"

#include <filesystem>

/// One function a resource: it adds that resource's paths. Only for makeRouter.
namespace rota::http {

void addDoctors(Router& router, const Services& services);
void addSchedules(Router& router, const Services& services);
void addPatients(Router& router, const Services& services);
void addAppointments(Router& router, const Services& services);
void addWaitlist(Router& router, const Services& services);
void addClinic(Router& router, const Services& services);
void addWebhooks(Router& router, const Services& services);
void addOpenApi(Router& router);
/// The page that shows the document, from the directory that it was built into; an empty one for no page.
void addDocs(Router& router, const std::filesystem::path& directory);
/// `details`, where given, are shown to who asks /readyz?verbose.
void addHealth(Router& router, const Services& services, const std::function<Json()>& details = nullptr);

/// Of the operations port.
void addJobs(Router& router, const Services& services, app::JobLedger& ledger, app::RetryJob& retryJob);

} // namespace rota::http
