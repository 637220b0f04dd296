#pragma once

#include "app/ports/job_ledger.hpp"
#include "app/retry_job.hpp"
#include "http/plugin_operations.hpp"
#include "http/router.hpp"
#include "http/services.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace rota::http {

/// What an operator sees and the public does not.
struct OperationsDetails {
    struct Plugin {
        std::string name;
        std::string plugin;
        std::string version;
    };
    std::string version;
    std::string environment;
    std::size_t httpConnections = 0;
    std::size_t poolInUse = 0;
    std::size_t poolIdle = 0;
    std::size_t poolWaiting = 0;
    std::vector<Plugin> plugins;
};

struct OperationsSources {
    std::function<std::string()> metrics; ///< in Prometheus' text format
    std::function<OperationsDetails()> details;
    app::JobLedger& ledger;
    app::RetryJob& retryJob;
    PluginOperations plugins;
};

/// All paths of the operations port: /metrics, /readyz (with `?verbose` its details), /healthz, /admin/….
Router makeOperationsRouter(const Services& services, const OperationsSources& sources);

/// `next`, except for changes that a browser asks for: with every such request it names the page's origin. A page of
/// anybody's, open on the machine that may reach this port, could otherwise reload plugins or send messages again.
Router::Handler refusePages(Router::Handler next);

/// `next`, for requests with "Authorization: Bearer <token>" only; the others are 401. An empty token lets all pass.
Router::Handler requireToken(Router::Handler next, std::string token);

} // namespace rota::http
