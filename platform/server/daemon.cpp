#include "server/daemon.hpp"

#include "app/book_appointment.hpp"
#include "app/cancel_appointment.hpp"
#include "app/change_schedule.hpp"
#include "app/complete_appointment.hpp"
#include "app/deliver_message.hpp"
#include "app/find_availability.hpp"
#include "app/find_free_days.hpp"
#include "app/find_next_available.hpp"
#include "app/join_waitlist.hpp"
#include "app/local_rate_limiter.hpp"
#include "app/promote_waitlist.hpp"
#include "app/receive_callback.hpp"
#include "app/reschedule_appointment.hpp"
#include "app/resolve_doubts.hpp"
#include "app/retry_job.hpp"
#include "base/deadline.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"
#include "base/version.hpp"
#include "http/cross_origin.hpp"
#include "http/idempotent.hpp"
#include "http/operations.hpp"
#include "http/server.hpp"
#include "http/services.hpp"
#include "postgres/appointment_store.hpp"
#include "postgres/calendar_versions.hpp"
#include "postgres/delivery_store.hpp"
#include "postgres/doctor_store.hpp"
#include "postgres/idempotency_store.hpp"
#include "postgres/job_ledger.hpp"
#include "postgres/job_store.hpp"
#include "postgres/migrator.hpp"
#include "postgres/patient_store.hpp"
#include "postgres/pool.hpp"
#include "postgres/provider_event_store.hpp"
#include "postgres/reply_store.hpp"
#include "postgres/schedule_store.hpp"
#include "postgres/seeder.hpp"
#include "postgres/suppression_store.hpp"
#include "postgres/waitlist_store.hpp"
#include "redis/redis_job_queue.hpp"
#include "redis/redis_rate_limiter.hpp"
#include "server/metrics.hpp"
#include "server/plugin_status.hpp"
#include "server/reload_everywhere.hpp"
#include "worker/doubts.hpp"
#include "worker/waitlist_expiry.hpp"
#include "worker/worker.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <semaphore>
#include <stop_token>
#include <thread>

namespace rota::server {
namespace {

namespace limits = base::limits;

/// A database that is just being started answers within seconds; one that does not is somebody's mistake to hear of.
void migrateWhenReachable(const postgres::ConnectionSettings& database, const base::Clock& clock,
                          const WaitForStop& waitForStop) {
    const auto giveUp = clock.now() + limits::kDatabaseStartWait;
    bool stopped = false;
    const auto stops = [&](base::Milliseconds atMost) { return stopped = stopped || waitForStop(atMost); };
    for (;;) {
        try {
            for (const auto& name : postgres::migrate(database, clock.now(), [&] { return stops({}); }))
                base::log::info("migrated", {{"migration", name}});
            return;
        } catch (const app::StorageUnavailable& error) {
            if (stopped) throw Stopped();
            if (clock.now() >= giveUp)
                throw StartFailed("the database at " + database.where() + " cannot be reached: " + error.what());
            base::log::warning("waiting for the database", {{"where", database.where()}, {"error", error.what()}});
        }
        if (stops(std::chrono::seconds{1})) throw Stopped();
    }
}

http::Handler inTime(http::Handler handler) {
    return [handler = std::move(handler)](const http::Request& request) {
        const base::Deadline deadline(request.isCallback() ? limits::kCallbackPatience : limits::kRequestPatience);
        return handler(request);
    };
}

/// Of the operations port, whose few threads all serve reading; what changes something, such as a reload, takes its
/// time.
http::Handler readInTime(http::Handler handler) {
    return [handler, timely = inTime(handler)](const http::Request& request) {
        return request.method == "GET" ? timely(request) : handler(request);
    };
}

/// Does it when that time has passed, unless the thread is ended before.
std::jthread later(base::Milliseconds after, std::function<void()> work) {
    return std::jthread([after, work = std::move(work)](const std::stop_token& ended) {
        std::mutex mutex;
        std::condition_variable_any changed;
        std::unique_lock lock(mutex);
        if (!changed.wait_for(lock, ended, after, [&] { return ended.stop_requested(); })) work();
    });
}

/// Each holds a database connection, and the pool's 50 are for requests before all.
constexpr std::ptrdiff_t kPromotionsAtOnce = 8;

/// No more than so many at once; who comes later waits.
worker::JobHandler inTurns(worker::JobHandler handler, std::ptrdiff_t most) {
    using Turns = std::counting_semaphore<>;
    return [handler = std::move(handler), turns = std::make_shared<Turns>(most)](const app::ClaimedJob& job) {
        turns->acquire();
        const auto end = [](Turns* of) { of->release(); };
        const std::unique_ptr<Turns, decltype(end)> turn(turns.get(), end);
        return handler(job);
    };
}

worker::JobHandlers handlers(const app::DeliverMessage& deliver, const app::PromoteWaitlist& promote) {
    worker::JobHandlers byKind;
    byKind[domain::JobKind::PromoteWaitlist] =
        inTurns([&promote](const app::ClaimedJob& job) { return promote(job); }, kPromotionsAtOnce);
    for (const auto kind : domain::kJobKinds)
        if (domain::mediumOf(kind)) byKind[kind] = [&deliver](const app::ClaimedJob& job) { return deliver(job); };
    return byKind;
}

bool noneIsQuarantined(const std::vector<plugin_host::InstanceInfo>& instances) {
    return std::ranges::none_of(instances, [](const plugin_host::InstanceInfo& instance) {
        return instance.state == plugin_host::InstanceInfo::State::Quarantined;
    });
}

bool answers(postgres::Pool& pool) {
    return pool.retrying([](postgres::Connection& connection) { return connection.execute("SELECT 1").size() == 1; });
}

} // namespace

/// In the order in which they are built, each standing on those above it.
struct Daemon::Parts {
    Parts(const LoadedSettings& loaded, Preparation prepared, const base::Clock& clock)
        : clinic(loaded.settings.clinic),
          templates(std::move(prepared.templates)),
          plugins(std::move(prepared.plugins)),
          pool(prepared.database, {loaded.settings.poolMin, loaded.settings.poolMax}),
          doctors(pool),
          patients(pool),
          appointments(pool),
          waitlist(pool),
          schedules(pool),
          idempotency(pool),
          jobs(pool),
          deliveries(pool),
          suppressions(pool),
          providerEvents(pool),
          replies(pool),
          ledger(pool),
          queue({.url = loaded.settings.redisUrl}),
          commonPace({.url = loaded.settings.redisUrl}),
          pace(commonPace),
          channelRules(channelRulesOf(loaded.settings)),
          findAvailability(doctors, *plugins, clock, clinic),
          findFreeDays(doctors, *plugins, clock, clinic),
          findNextAvailable(doctors, *plugins, clock, clinic),
          changeSchedule(schedules, clock, clinic),
          bookAppointment(appointments, *plugins, queue, clock, clinic),
          cancelAppointment(appointments, deliveries, queue, clock, clinic),
          rescheduleAppointment(appointments, *plugins, queue, clock, clinic),
          completeAppointment(appointments, clock),
          joinWaitlist(waitlist, doctors, patients, clock, clinic),
          recordDeliveryEvent(deliveries, suppressions, providerEvents, clock),
          answerInboundText(replies, providerEvents, cancelAppointment, queue, clock, clinic),
          receiveCallback(*plugins, recordDeliveryEvent, answerInboundText),
          promoteWaitlist(waitlist, *plugins, *plugins, queue, clock, clinic),
          deliverMessage({*plugins, channelRules, circuit, pace, suppressions}, templates, clock, clinic),
          resolveDoubts(deliveries, *plugins, queue, clock, channelRules),
          retryJob(ledger, queue, clock),
          metrics(pool, jobs, deliveries, circuit, *plugins, clock),
          worker(jobs, queue, clock, metrics.counted(handlers(deliverMessage, promoteWaitlist))),
          doubts(resolveDoubts),
          waitlistExpiry(waitlist, jobs, clock, clinic),
          reload(loaded, *plugins, channelRules, circuit, templates, [this] { postgres::raiseCalendarVersions(pool); }),
          reloadEverywhere(reload, std::move(prepared.database), clock, prepared.at) {
        const auto& settings = loaded.settings;
        if (settings.seedOnEmpty && postgres::seedIfEmpty(pool))
            base::log::info("the database was empty; ten doctors and five patients were put in");
        // Before anything is sent: one that was started by mistake ends here, where another has its ports.
        const auto handlers = services(settings, clock);
        server = listen(settings, clock, handlers);
        operations = listenForOperators(settings, clock, handlers);
        worker.onClaimed([this](auto claimed) { deliverMessage.lookUp(claimed); });
        worker.start();
        doubts.start();
        waitlistExpiry.start();
        reloadEverywhere.start();
    }

    // All at once: what each may take then is not added up, and who waits for a provider that hangs holds up nobody.
    ~Parts() {
        const auto patience = later(limits::kStopCalls, [this] { plugins->abandonCalls(); });
        std::vector<std::jthread> stops;
        stops.emplace_back([this] { operations->stop(); });
        stops.emplace_back([this] { server->stop(); });
        stops.emplace_back([this] { reloadEverywhere.stop(); });
        stops.emplace_back([this] { waitlistExpiry.stop(); });
        stops.emplace_back([this] { doubts.stop(); });
        worker.stop();
    }

    std::unique_ptr<http::HttpServer> listen(const Settings& settings, const base::Clock& clock,
                                             const http::Services& handlers) {
        http::HttpServerOptions options;
        options.address = settings.httpAddress;
        options.port = settings.httpPort;
        options.observer = std::bind_front(&Metrics::answered, &metrics);
        return std::make_unique<http::HttpServer>(
            options, clock,
            http::crossOrigin(inTime(http::idempotent(http::makeRouter(handlers), idempotency, clock)),
                              settings.corsOrigins));
    }

    std::unique_ptr<http::HttpServer> listenForOperators(const Settings& settings, const base::Clock& clock,
                                                         const http::Services& handlers) {
        http::HttpServerOptions options;
        options.address = settings.opsAddress;
        options.port = settings.opsPort;
        options.threads = limits::kOperationsThreads;
        options.connections = limits::kOperationsConnections;
        const http::OperationsSources sources{
            .metrics = [this] { return metrics.text(); },
            .details = [this, environment = settings.environment] { return details(environment); },
            .ledger = ledger,
            .retryJob = retryJob,
            .plugins = {.generation = [this] { return plugins->generation(); },
                        .status = [this] { return pluginStatus(*plugins); },
                        .reload = [this] { return reloadAnswer(reloadEverywhere()); }}};
        return std::make_unique<http::HttpServer>(
            options, clock,
            http::refusePages(
                http::requireToken(readInTime(http::makeOperationsRouter(handlers, sources)), settings.opsToken)));
    }

    http::OperationsDetails details(const std::string& environment) {
        const auto now = pool.statistics();
        http::OperationsDetails details{.version = std::string{base::kVersion},
                                        .environment = environment,
                                        .httpConnections = server->connections(),
                                        .poolInUse = now.inUse,
                                        .poolIdle = now.idle,
                                        .poolWaiting = now.waiting,
                                        .plugins = {}};
        for (const auto& instance : plugins->instances())
            details.plugins.push_back({instance.name, instance.plugin, instance.version});
        return details;
    }

    http::Services services(const Settings& settings, const base::Clock& clock) {
        return {.doctors = doctors,
                .patients = patients,
                .appointments = appointments,
                .schedules = schedules,
                .findAvailability = findAvailability,
                .findFreeDays = findFreeDays,
                .findNextAvailable = findNextAvailable,
                .changeSchedule = changeSchedule,
                .bookAppointment = bookAppointment,
                .cancelAppointment = cancelAppointment,
                .rescheduleAppointment = rescheduleAppointment,
                .completeAppointment = completeAppointment,
                .waitlist = waitlist,
                .joinWaitlist = joinWaitlist,
                .receiveCallback = receiveCallback,
                .clinic = clinic,
                .clock = clock,
                .databaseReady = [this] { return answers(pool); },
                .redisReady =
                    [this] {
                        queue.ping();
                        return true;
                    },
                .pluginsReady = [this] { return noneIsQuarantined(plugins->instances()); },
                .docsDirectory = settings.docsDirectory};
    }

    const app::Clinic clinic;
    app::Templates templates;
    const std::unique_ptr<plugin_host::PluginHost> plugins;
    postgres::Pool pool;
    postgres::PostgresDoctorStore doctors;
    postgres::PostgresPatientStore patients;
    postgres::PostgresAppointmentStore appointments;
    postgres::PostgresWaitlistStore waitlist;
    postgres::PostgresScheduleStore schedules;
    postgres::PostgresIdempotencyStore idempotency;
    postgres::PostgresJobStore jobs;
    postgres::PostgresDeliveryStore deliveries;
    postgres::PostgresSuppressionStore suppressions;
    postgres::PostgresProviderEventStore providerEvents;
    postgres::PostgresReplyStore replies;
    postgres::PostgresJobLedger ledger;
    redis::RedisJobQueue queue;
    redis::RedisRateLimiter commonPace;
    app::SharedRateLimiter pace;
    app::ChannelRulesByName channelRules;
    app::ChannelCircuit circuit;
    app::FindAvailability findAvailability;
    app::FindFreeDays findFreeDays;
    app::FindNextAvailable findNextAvailable;
    app::ChangeSchedule changeSchedule;
    app::BookAppointment bookAppointment;
    app::CancelAppointment cancelAppointment;
    app::RescheduleAppointment rescheduleAppointment;
    app::CompleteAppointment completeAppointment;
    app::JoinWaitlist joinWaitlist;
    app::RecordDeliveryEvent recordDeliveryEvent;
    app::AnswerInboundText answerInboundText;
    app::ReceiveCallback receiveCallback;
    app::PromoteWaitlist promoteWaitlist;
    app::DeliverMessage deliverMessage;
    app::ResolveDoubts resolveDoubts;
    app::RetryJob retryJob;
    Metrics metrics;
    worker::Worker worker;
    worker::Doubts doubts;
    worker::WaitlistExpiry waitlistExpiry;
    Reload reload;
    ReloadEverywhere reloadEverywhere;
    std::unique_ptr<http::HttpServer> server;
    std::unique_ptr<http::HttpServer> operations;
};

Daemon::Daemon(const LoadedSettings& loaded, Preparation preparation, const base::Clock& clock,
               const WaitForStop& waitForStop) {
    migrateWhenReachable(preparation.database, clock, waitForStop);
    parts_ = std::make_unique<Parts>(loaded, std::move(preparation), clock);
}

// A call in this very process cannot be ended: what it had becomes, like after a kill, what its lease makes of it.
Daemon::~Daemon() {
    const auto limit = later(limits::kStop, [] {
        base::log::warning("stopped without waiting any longer for what hangs");
        std::_Exit(EXIT_SUCCESS);
    });
    parts_.reset();
}

void Daemon::reload() {
    parts_->reloadEverywhere.ask();
}

int Daemon::port() const {
    return parts_->server->port();
}

int Daemon::operationsPort() const {
    return parts_->operations->port();
}

} // namespace rota::server
