// What it costs to hand a message to a channel, where its plugin runs in the server and where it has a process of its
// own. The plugin does next to nothing.
#include "plugin_host/plugin_host.hpp"

#include <benchmark/benchmark.h>

#include <stdexcept>

namespace {

using namespace rota;

const base::SystemClock kSystemClock;

plugin_host::PluginHost& withChannels() {
    static const auto host = [] {
        plugin_host::Settings settings;
        settings.directories = {ROTA_PLUGIN_DIRECTORY, ROTA_FIXTURE_DIRECTORY};
        settings.channels = {{.name = "none", .plugin = "pure_c", .config = {}},
                             {.name = "process", .plugin = "pure_c", .config = {}, .isolated = true}};
        return plugin_host::PluginHost::load(settings, kSystemClock);
    }();
    if (!host) throw std::runtime_error(host.error().front().text());
    return **host;
}

/// As long as a reminder by mail.
app::Message reminder() {
    app::Message message;
    message.medium = domain::Medium::Email;
    message.deliveryId = message.idempotencyKey = "rota-1234567";
    message.to = "sms:0"; // pure_c answers with that status
    message.toName = "Maria Lopez";
    message.subject = "Appointment Reminder";
    message.text = std::string(600, 'x');
    message.html = std::string(2400, 'x');
    message.locale = "en-US";
    message.notAfter = kSystemClock.now() + std::chrono::hours{24};
    return message;
}

void sending(benchmark::State& state, const char* isolation) {
    const auto channel = withChannels().find(isolation);
    const auto message = reminder();
    for (auto _ : state)
        if (channel->send(message, 1).status != app::SendStatus::Sent) state.SkipWithError("not sent");
}
BENCHMARK_CAPTURE(sending, none, "none")->Name("a message to a plugin in the server")->UseRealTime();
BENCHMARK_CAPTURE(sending, process, "process")->Name("a message to a plugin in its own process")->UseRealTime();
BENCHMARK_CAPTURE(sending, busy, "process")
    ->Name("a message to a plugin in its own process, 16 at once")
    ->Threads(16)
    ->UseRealTime();

} // namespace
