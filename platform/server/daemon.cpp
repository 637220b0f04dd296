#include "server/daemon.hpp"

#include "app/book_appointment.hpp"
#include "app/cancel_appointment.hpp"
#include "app/change_schedule.hpp"
#include "app/deliver_message.hpp"
#include "app/find_availability.hpp"
#include "app/find_free_days.hpp"
#include "app/find_next_available.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"
#include "http/server.hpp"
#include "http/services.hpp"
#include "postgres/appointment_store.hpp"
#include "postgres/doctor_store.hpp"
#include "postgres/job_store.hpp"
#include "postgres/migrator.hpp"
#include "postgres/patient_store.hpp"
#include "postgres/pool.hpp"
#include "postgres/schedule_store.hpp"
#include "postgres/seeder.hpp"
#include "redis/redis_job_queue.hpp"
#include "worker/worker.hpp"

namespace rota::server {
namespace {

namespace limits = base::limits;

/// A database that is just being started answers within seconds; one that does not is somebody's mistake to hear of.
void migrateWhenReachable(const postgres::ConnectionSettings& database, const base::Clock& clock,
                          const WaitForStop& waitForStop) {
    const auto giveUp = clock.now() + limits::kDatabaseStartWait;
    for (;;) {
        try {
            for (const auto& name : postgres::migrate(database, clock.now()))
                base::log::info("migrated", {{"migration", name}});
            return;
        } catch (const app::StorageUnavailable& error) {
            if (clock.now() >= giveUp)
                throw StartFailed("the database at " + database.where() + " cannot be reached: " + error.what());
            base::log::warning("waiting for the database", {{"where", database.where()}, {"error", error.what()}});
        }
        if (waitForStop(std::chrono::seconds{1})) throw StartFailed("asked to stop while waiting for the database");
    }
}

worker::JobHandlers handlers(const app::DeliverMessage& deliver) {
    worker::JobHandlers byKind;
    for (const auto kind :
         {domain::JobKind::Confirmation, domain::JobKind::EmailReminder, domain::JobKind::SmsReminder,
          domain::JobKind::PromotionNotice, domain::JobKind::CancellationNotice, domain::JobKind::RescheduleNotice})
        byKind[kind] = [&deliver](const app::ClaimedJob& job) { return deliver(job); };
    return byKind;
}

bool answers(postgres::Pool& pool) {
    return pool.retrying([](postgres::Connection& connection) { return connection.execute("SELECT 1").size() == 1; });
}

} // namespace

/// In the order in which they are built, each standing on those above it.
struct Daemon::Parts {
    Parts(const Settings& settings, Preparation prepared, const base::Clock& clock)
        : clinic(settings.clinic),
          templates(std::move(prepared.templates)),
          plugins(std::move(prepared.plugins)),
          pool(std::move(prepared.database), {settings.poolMin, settings.poolMax}),
          doctors(pool),
          patients(pool),
          appointments(pool),
          schedules(pool),
          jobs(pool),
          queue({.url = settings.redisUrl}),
          findAvailability(doctors, *plugins, clock, clinic),
          findFreeDays(doctors, *plugins, clock, clinic),
          findNextAvailable(doctors, *plugins, clock, clinic),
          changeSchedule(schedules, clock, clinic),
          bookAppointment(appointments, *plugins, queue, clock, clinic),
          cancelAppointment(appointments, queue, clock, clinic),
          deliverMessage(*plugins, templates, clock, clinic),
          worker(jobs, queue, clock, handlers(deliverMessage)) {
        if (settings.seedOnEmpty && postgres::seedIfEmpty(pool))
            base::log::info("the database was empty; ten doctors and five patients were put in");
        worker.start();
        http::HttpServerOptions options;
        options.address = settings.httpAddress;
        options.port = settings.httpPort;
        server = std::make_unique<http::HttpServer>(options, clock, http::makeRouter(services(clock)));
    }

    ~Parts() {
        if (server) server->stop();
        worker.stop();
    }

    http::Services services(const base::Clock& clock) {
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
                .clinic = clinic,
                .clock = clock,
                .databaseReady = [this] { return answers(pool); },
                .redisReady =
                    [this] {
                        queue.ping();
                        return true;
                    },
                // All configured plugins are loaded and active, or the server would not have started.
                .pluginsReady = [this] { return !plugins->instances().empty(); }};
    }

    const app::Clinic clinic;
    const app::Templates templates;
    const std::unique_ptr<plugin_host::PluginHost> plugins;
    postgres::Pool pool;
    postgres::PostgresDoctorStore doctors;
    postgres::PostgresPatientStore patients;
    postgres::PostgresAppointmentStore appointments;
    postgres::PostgresScheduleStore schedules;
    postgres::PostgresJobStore jobs;
    redis::RedisJobQueue queue;
    app::FindAvailability findAvailability;
    app::FindFreeDays findFreeDays;
    app::FindNextAvailable findNextAvailable;
    app::ChangeSchedule changeSchedule;
    app::BookAppointment bookAppointment;
    app::CancelAppointment cancelAppointment;
    app::DeliverMessage deliverMessage;
    worker::Worker worker;
    std::unique_ptr<http::HttpServer> server;
};

Daemon::Daemon(const Settings& settings, Preparation preparation, const base::Clock& clock,
               const WaitForStop& waitForStop) {
    migrateWhenReachable(preparation.database, clock, waitForStop);
    parts_ = std::make_unique<Parts>(settings, std::move(preparation), clock);
}

Daemon::~Daemon() = default;

int Daemon::port() const {
    return parts_->server->port();
}

} // namespace rota::server
