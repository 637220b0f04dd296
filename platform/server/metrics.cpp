#include "server/metrics.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <utility>
#include <vector>

namespace rota::server {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

/// Seconds. An answer takes milliseconds and must not take one; a message may wait for a provider's hour.
const prometheus::Histogram::BucketBoundaries kAnswerTimes{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                           0.1,   0.25,   0.5,   1,    2.5,   5};
const prometheus::Histogram::BucketBoundaries kLateness{0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600};

double inSeconds(std::chrono::duration<double> duration) {
    return duration.count();
}

/// A family of values that somebody else keeps, read when they are asked for.
class Reading {
public:
    Reading(std::string name, std::string help, MetricType type) {
        family_.name = std::move(name);
        family_.help = std::move(help);
        family_.type = type;
    }

    Reading& add(std::vector<ClientMetric::Label> labels, double value) {
        ClientMetric metric;
        metric.label = std::move(labels);
        metric.gauge.value = value;
        metric.counter.value = value;
        family_.metric.push_back(std::move(metric));
        return *this;
    }

    const MetricFamily& family() const { return family_; }

private:
    MetricFamily family_;
};

} // namespace

class Metrics::Impl {
public:
    Impl(const postgres::Pool& p, app::JobStore& j, app::DeliveryStore& d, const app::ChannelCircuit& b,
         const plugin_host::PluginHost& h, const base::Clock& c)
        : pool(p), jobs(j), deliveries(d), circuit(b), plugins(h), clock(c) {}

    prometheus::Family<prometheus::Counter>& counters(const char* name, const char* help) {
        return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
    }
    prometheus::Family<prometheus::Histogram>& histograms(const char* name, const char* help) {
        return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
    }

    void finished(const app::ClaimedJob& job, const app::JobResult& result);
    void addPool(std::vector<MetricFamily>& families) const;
    void addJobs(std::vector<MetricFamily>& families) const;
    void addChannels(std::vector<MetricFamily>& families) const;
    void addPlugins(std::vector<MetricFamily>& families) const;

    const postgres::Pool& pool;
    app::JobStore& jobs;
    app::DeliveryStore& deliveries;
    const app::ChannelCircuit& circuit;
    const plugin_host::PluginHost& plugins;
    const base::Clock& clock;
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests =
        counters("rota_http_requests_total", "Requests answered, by route, method and status.");
    prometheus::Family<prometheus::Histogram>& answerTimes =
        histograms("rota_http_request_seconds", "From a request's last byte to its answer.");
    prometheus::Family<prometheus::Counter>& jobsFinished =
        counters("rota_jobs_finished_total", "Attempts at jobs, by kind and outcome.");
    prometheus::Family<prometheus::Histogram>& lateness =
        histograms("rota_delivery_lateness_seconds", "From the time at which a message was due to its delivery.");
    // Single values are there from the start: a rate needs a zero to rise from.
    prometheus::Counter& bookings = counters("rota_bookings_total", "Appointments booked.").Add({});
    prometheus::Counter& conflicts =
        counters("rota_booking_conflicts_total", "Bookings refused because the time was taken.").Add({});
    prometheus::Counter& cancellations = counters("rota_cancellations_total", "Appointments cancelled.").Add({});
    prometheus::Counter& promotions =
        counters("rota_waitlist_promotions_total", "Patients of the waitlist who got a freed time.").Add({});
};

void Metrics::Impl::finished(const app::ClaimedJob& job, const app::JobResult& result) {
    const std::string kind{domain::toString(job.kind)};
    jobsFinished.Add({{"kind", kind}, {"outcome", std::string{toString(result.outcome)}}}).Increment();
    if (result.promoted) promotions.Increment();
    if (result.outcome == app::JobOutcome::Sent)
        lateness.Add({{"kind", kind}}, kLateness).Observe(inSeconds(clock.now() - job.dueAt));
}

void Metrics::Impl::addPool(std::vector<MetricFamily>& families) const {
    const auto now = pool.statistics();
    const auto number = [](auto value) { return static_cast<double>(value); };
    families.push_back(Reading{"rota_pool_connections", "Connections to the database.", MetricType::Gauge}
                           .add({{"state", "in_use"}}, number(now.inUse))
                           .add({{"state", "idle"}}, number(now.idle))
                           .family());
    families.push_back(Reading{"rota_pool_waiting", "Callers that wait for a connection now.", MetricType::Gauge}
                           .add({}, number(now.waiting))
                           .family());
    families.push_back(Reading{"rota_pool_waits_total", "Loans that had to wait.", MetricType::Counter}
                           .add({}, number(now.waits))
                           .family());
    families.push_back(Reading{"rota_pool_refusals_total", "Loans that failed.", MetricType::Counter}
                           .add({}, number(now.refusals))
                           .family());
    families.push_back(
        Reading{"rota_pool_connect_errors_total", "Connections that failed to open.", MetricType::Counter}
            .add({}, number(now.connectErrors))
            .family());
}

void Metrics::Impl::addJobs(std::vector<MetricFamily>& families) const {
    try {
        Reading states{"rota_jobs", "Jobs that wait or run, by state; of all servers.", MetricType::Gauge};
        for (const auto& [state, count] : jobs.unfinished())
            states.add({{"state", state}}, static_cast<double>(count));
        const auto overdue = jobs.overdue(clock.now(), base::limits::kOverdueGrace);
        const auto doubts = deliveries.inDoubt(clock.now());
        families.push_back(states.family());
        families.push_back(Reading{"rota_messages_in_doubt",
                                   "Messages that may have been sent: still looked into, or given up to a person.",
                                   MetricType::Gauge}
                               .add({{"state", "open"}}, static_cast<double>(doubts.open))
                               .add({{"state", "given_up"}}, static_cast<double>(doubts.givenUp))
                               .family());
        families.push_back(
            Reading{"rota_jobs_overdue", "Jobs that wait a minute longer than they should.", MetricType::Gauge}
                .add({}, static_cast<double>(overdue))
                .family());
    } catch (const std::exception&) {
        base::log::warning("metrics of jobs could not be read");
    }
}

void Metrics::Impl::addChannels(std::vector<MetricFamily>& families) const {
    Reading broken{"rota_channel_broken", "1 where a channel's key or configuration is refused; its messages wait.",
                   MetricType::Gauge};
    for (const auto& [instance, is] : circuit.broken())
        broken.add({{"channel", instance}}, is ? 1 : 0);
    families.push_back(broken.family());
}

/// Of the generation that serves: its counters begin anew with each reload, which Prometheus takes as it takes a
/// restart.
void Metrics::Impl::addPlugins(std::vector<MetricFamily>& families) const {
    using State = plugin_host::InstanceInfo::State;
    const auto number = [](auto value) { return static_cast<double>(value); };
    Reading calls{"rota_plugin_calls_total", "Calls to a plugin, by instance.", MetricType::Counter};
    Reading errors{"rota_plugin_call_errors_total", "Calls that did not end well, by instance.", MetricType::Counter};
    Reading times{"rota_plugin_call_seconds", "How long half, and 99 of 100, of the calls took at most.",
                  MetricType::Gauge};
    Reading restarts{"rota_plugin_restarts_total", "How often an instance's process was started again.",
                     MetricType::Counter};
    Reading quarantined{"rota_plugin_quarantined", "1: its process ended too often, and stays down until a reload.",
                        MetricType::Gauge};
    Reading own{"rota_plugin_events_total", "What plugins count, by their own names.", MetricType::Counter};
    for (const auto& info : plugins.instances()) {
        if (info.state == State::Draining) continue;
        calls.add({{"instance", info.name}}, number(info.calls.calls));
        errors.add({{"instance", info.name}}, number(info.calls.errors));
        times.add({{"instance", info.name}, {"quantile", "0.5"}}, inSeconds(info.calls.p50));
        times.add({{"instance", info.name}, {"quantile", "0.99"}}, inSeconds(info.calls.p99));
        restarts.add({{"instance", info.name}}, number(info.restarts));
        quarantined.add({{"instance", info.name}}, info.state == State::Quarantined ? 1 : 0);
    }
    for (const auto& counter : plugins.counters())
        own.add({{"instance", counter.instance}, {"event", counter.name}}, counter.value);
    Reading generation{"rota_plugin_generation", "Rises with every reload.", MetricType::Gauge};
    generation.add({}, number(plugins.generation()));
    for (const auto* reading : {&generation, &calls, &errors, &times, &restarts, &quarantined, &own})
        families.push_back(reading->family());
}

Metrics::Metrics(const postgres::Pool& pool, app::JobStore& jobs, app::DeliveryStore& deliveries,
                 const app::ChannelCircuit& circuit, const plugin_host::PluginHost& plugins, const base::Clock& clock)
    : impl_(std::make_unique<Impl>(pool, jobs, deliveries, circuit, plugins, clock)) {}

Metrics::~Metrics() = default;

void Metrics::answered(std::string_view route, std::string_view method, int status,
                       std::chrono::steady_clock::duration took) {
    const std::string path{route}, verb{method};
    impl_->requests.Add({{"route", path}, {"method", verb}, {"status", std::to_string(status)}}).Increment();
    impl_->answerTimes.Add({{"route", path}, {"method", verb}}, kAnswerTimes).Observe(inSeconds(took));
    if (method == "POST" && route == "/api/appointments") {
        if (status == 201) impl_->bookings.Increment();
        if (status == 409) impl_->conflicts.Increment();
    }
    if (method == "DELETE" && route == "/api/appointments/:id" && status == 200) impl_->cancellations.Increment();
}

worker::JobHandlers Metrics::counted(worker::JobHandlers handlers) {
    for (auto& [kind, handler] : handlers)
        handler = [this, handler = std::move(handler)](const app::ClaimedJob& job) {
            auto result = handler(job);
            impl_->finished(job, result);
            return result;
        };
    return handlers;
}

std::string Metrics::text() const {
    auto families = impl_->registry.Collect();
    impl_->addPool(families);
    impl_->addJobs(families);
    impl_->addChannels(families);
    impl_->addPlugins(families);
    return prometheus::TextSerializer().Serialize(families);
}

} // namespace rota::server
