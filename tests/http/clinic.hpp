#pragma once

#include "base/zone.hpp"
#include "support/http_client.hpp"
#include "support/redis_server.hpp"
#include "support/rotad_process.hpp"
#include "support/test_database.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace rota::testing {

/// The seeded clinic, in New York: a database, a Redis and, once started, a server of its own.
class Clinic {
public:
    RotadOptions options() const;
    void start(const RotadOptions& options) { server = std::make_unique<RotadProcess>(options); }
    void start() { start(options()); }

    /// To the API. What goes over it is recorded for the suite openapi, where scripts/test names a file for that.
    HttpClient connect() const;
    HttpAnswer get(const std::string& path) const { return connect().get(path); }
    HttpAnswer post(const std::string& path, const nlohmann::json& body) const { return connect().post(path, body); }
    HttpAnswer cancel(std::int64_t appointment) const;
    HttpAnswer book(const nlohmann::json& booking) const { return post("/api/appointments", booking); }

    /// Books for Alice Thompson, who must get it; the appointment's id.
    std::int64_t booked(std::int64_t doctor, const std::string& start, int duration = 30) const;

    /// Puts a standing appointment of Benjamin Carter there, past all rules; its id.
    std::int64_t insertAppointment(std::int64_t doctor, base::Instant start, int duration = 30);

    /// A doctor without hours; the id.
    std::int64_t insertDoctor(const std::string& name);
    /// "08:00", "12:00" on a day of the week, 0 is Sunday.
    void insertHours(std::int64_t doctor, unsigned dayOfWeek, const std::string& begin, const std::string& end);

    /// How many pairs of standing appointments overlap.
    std::int64_t overlaps();

    TestDatabase database;
    RedisServer redis;
    std::unique_ptr<RotadProcess> server;
};

const base::Zone& newYork();
base::Instant machineTime();

/// The day of the clinic's calendar with that weekday, a week ahead or a little more (or as many weeks as said).
base::Date comingDay(std::chrono::weekday weekday, int weeks = 1);

/// 2026-03-10, 9:00 as "2026-03-10T09:00".
std::string at(base::Date date, const std::string& time);
/// The same with the offset, as answers say it.
std::string isoAt(base::Date date, const std::string& time);
/// An instant in whole minutes, in UTC.
std::string utc(base::Instant instant);

nlohmann::json booking(std::int64_t doctor, const std::string& start, int duration = 30,
                       const std::string& type = "standard", std::int64_t patient = 1);

/// Raises this process's limit of descriptors to what the system lets it have; false where that is less than `count`.
bool allowDescriptors(std::size_t count);

/// Runs `work(0)` … `work(count - 1)` at the same moment, each on a thread of its own, and waits for all.
void simultaneously(int count, const std::function<void(int)>& work);

} // namespace rota::testing
