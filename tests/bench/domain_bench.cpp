// What a request or a delivery computes between its statements: no database, no network.
#include "app/clinic.hpp"
#include "app/free_slots.hpp"
#include "app/templates.hpp"
#include "plugin_host/plugin_host.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <stdexcept>

namespace {

using namespace rota;
using namespace std::chrono_literals;
using base::Instant;
using base::Interval;

constexpr base::Date kDay{2026y / 3 / 10};
const base::SystemClock kClock;

const app::Clinic& clinic() {
    static const app::Clinic clinic;
    return clinic;
}

const plugin_host::PluginHost& plugins() {
    static const auto host = [] {
        plugin_host::Settings settings;
        settings.directories = {ROTA_PLUGIN_DIRECTORY};
        return plugin_host::PluginHost::load(settings, kClock);
    }();
    if (!host) throw std::runtime_error(host.error().front().text());
    return **host;
}

/// Eight to six, with `taken` half hours of the twenty.
domain::DoctorDay dayWith(int taken) {
    domain::DoctorDay day;
    day.date = kDay;
    day.hours = {{8h, 18h}};
    const auto opens = clinic().zone.toUtcOrNext({kDay, 8h});
    for (int i = 0; i < taken; ++i) {
        const auto begin = opens + base::Minutes{60} * i;
        day.busy.push_back({{begin, begin + base::Minutes{30}}, domain::VisitType::Standard});
    }
    return day;
}

Instant dayBefore() {
    return clinic().zone.day(kDay).begin - 24h;
}

void slotsOfADay(benchmark::State& state) {
    const auto policy = plugins().forDoctor(base::DoctorId{1});
    const auto day = dayWith(8);
    for (auto _ : state)
        benchmark::DoNotOptimize(app::freeSlots(*policy, clinic(), dayBefore(), base::DoctorId{1}, day, {}));
}
BENCHMARK(slotsOfADay)->Name("free slots of a day, policy included");

void intervalSubtraction(benchmark::State& state) {
    const auto query = domain::availabilityQuery(dayWith(8), clinic().zone, dayBefore(), base::DoctorId{1},
                                                 domain::VisitType::Standard, base::Minutes{30});
    std::vector<Interval> busy;
    for (const auto& taken : query.busy)
        busy.push_back(taken.span);
    for (auto _ : state)
        benchmark::DoNotOptimize(base::subtracted(query.open, busy));
}
BENCHMARK(intervalSubtraction)->Name("subtracting eight intervals");

void pluginCall(benchmark::State& state) {
    const auto policy = plugins().forDoctor(base::DoctorId{1});
    const auto query = domain::availabilityQuery(dayWith(0), clinic().zone, dayBefore(), base::DoctorId{1},
                                                 domain::VisitType::Standard, base::Minutes{30});
    const auto start = query.open.front().begin;
    for (auto _ : state)
        benchmark::DoNotOptimize(policy->admits(query, start));
}
BENCHMARK(pluginCall)->Name("a plugin call, in the process");

void renderedReminder(benchmark::State& state) {
    std::vector<app::Templates::Problem> problems;
    const auto templates = app::Templates::load(ROTA_TEMPLATE_DIRECTORY, problems);
    app::ClaimedJob job;
    job.id = base::JobId{1};
    job.kind = domain::JobKind::EmailReminder;
    job.appointment.emplace();
    job.appointment->start = clinic().zone.toUtcOrNext({kDay, 9h});
    job.appointment->duration = base::Minutes{30};
    job.doctorName = "Dr. Sarah Johnson";
    job.patientName = "Maria Lopez";
    job.patientEmail = "maria@example.com";
    for (auto _ : state)
        benchmark::DoNotOptimize(templates.render(job, clinic(), dayBefore()));
}
BENCHMARK(renderedReminder)->Name("an email reminder, rendered");

} // namespace
