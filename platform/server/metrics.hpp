#pragma once

#include "app/channel_circuit.hpp"
#include "app/ports/delivery_store.hpp"
#include "app/ports/job_store.hpp"
#include "base/clock.hpp"
#include "plugin_host/plugin_host.hpp"
#include "postgres/pool.hpp"
#include "worker/job_handler.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace rota::server {

/// What this process counts, and what it finds when it is asked, in Prometheus' text format. Labels are patterns,
/// kinds and states: they have few values and name nobody. [thread-safe]
class Metrics {
public:
    /// All of them outlive this.
    Metrics(const postgres::Pool& pool, app::JobStore& jobs, app::DeliveryStore& deliveries,
            const app::ChannelCircuit& circuit, const plugin_host::PluginHost& plugins, const base::Clock& clock);
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// An http::Observer.
    void answered(std::string_view route, std::string_view method, int status,
                  std::chrono::steady_clock::duration took);

    /// `handlers`, each of whose results is counted. This outlives them.
    worker::JobHandlers counted(worker::JobHandlers handlers);

    /// All of it now. Where the database is away, the jobs in it are left out.
    std::string text() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace rota::server
