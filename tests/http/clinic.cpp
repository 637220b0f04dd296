#include "clinic.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <barrier>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <vector>

namespace rota::testing {

RotadOptions Clinic::options() const {
    RotadOptions options;
    options.databaseUrl = database.url();
    options.redisUrl = redis.url();
    return options;
}

HttpClient Clinic::connect() const {
    HttpClient client{server->port()};
    if (const char* file = std::getenv("ROTA_TEST_EXCHANGES")) client.recordTo(file);
    return client;
}

HttpAnswer Clinic::cancel(std::int64_t appointment) const {
    return connect().request("DELETE", fmt::format("/api/appointments/{}", appointment));
}

std::int64_t Clinic::booked(std::int64_t doctor, const std::string& start, int duration) const {
    const auto answer = book(booking(doctor, start, duration));
    if (answer.status != 201) throw std::runtime_error("not booked: " + answer.body);
    return answer.json().at("id");
}

std::int64_t Clinic::insertAppointment(std::int64_t doctor, base::Instant start, int duration) {
    return database.number(
        fmt::format("INSERT INTO appointments (doctor_id, patient_id, start_time, duration, type) "
                    "VALUES ({}, 2, TIMESTAMPTZ '{}' AT TIME ZONE 'UTC', {}, 'standard') RETURNING id",
                    doctor, utc(start), duration));
}

std::int64_t Clinic::insertDoctor(const std::string& name) {
    return database.number(
        fmt::format("INSERT INTO doctors (name, specialty) VALUES ('{}', 'Cardiology') RETURNING id", name));
}

void Clinic::insertHours(std::int64_t doctor, unsigned dayOfWeek, const std::string& begin, const std::string& end) {
    database.execute(
        fmt::format("INSERT INTO schedules (doctor_id, day_of_week, start_time, end_time) VALUES ({}, {}, '{}', '{}')",
                    doctor, dayOfWeek, begin, end));
}

std::int64_t Clinic::overlaps() {
    return database.number(
        "SELECT COUNT(*) FROM appointments a JOIN appointments b ON a.doctor_id = b.doctor_id AND a.id < b.id "
        "WHERE a.status <> 'cancelled' AND b.status <> 'cancelled' AND "
        "(a.start_time, a.start_time + a.duration * INTERVAL '1 minute') OVERLAPS "
        "(b.start_time, b.start_time + b.duration * INTERVAL '1 minute')");
}

const base::Zone& newYork() {
    static const base::Zone zone{"America/New_York"};
    return zone;
}

base::Instant machineTime() {
    return std::chrono::floor<base::Milliseconds>(std::chrono::system_clock::now());
}

base::Date comingDay(std::chrono::weekday weekday, int weeks) {
    const std::chrono::sys_days from = base::addDays(newYork().toLocal(machineTime()).date, 7 * weeks);
    return from + (weekday - std::chrono::weekday{from});
}

std::string at(base::Date date, const std::string& time) {
    return base::formatDate(date) + "T" + time;
}

std::string isoAt(base::Date date, const std::string& time) {
    return newYork().iso(newYork().toUtcOrNext({date, *base::parseTimeOfDay(time)}));
}

std::string utc(base::Instant instant) {
    static const base::Zone zone{"UTC"};
    return zone.iso(std::chrono::floor<std::chrono::minutes>(instant));
}

nlohmann::json booking(std::int64_t doctor, const std::string& start, int duration, const std::string& type,
                       std::int64_t patient) {
    return {
        {"doctor_id", doctor}, {"patient_id", patient}, {"start_time", start}, {"duration", duration}, {"type", type}};
}

bool allowDescriptors(std::size_t count) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= count;
}

void simultaneously(int count, const std::function<void(int)>& work) {
    std::barrier start{count};
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i)
        threads.emplace_back([&, i] {
            start.arrive_and_wait();
            work(i);
        });
    for (auto& thread : threads)
        thread.join();
}

} // namespace rota::testing
