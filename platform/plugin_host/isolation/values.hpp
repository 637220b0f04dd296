#pragma once

#include "app/ports/channel.hpp"
#include "base/limits.hpp"
#include "base/log_control.hpp"
#include "plugin_host/isolation/frames.hpp"
#include "plugin_host/problem.hpp"
#include "plugin_host/secrets.hpp"
#include "plugin_host/settings.hpp"

#include <rota/plugin.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What frames carry, as bytes and back; every read throws FrameError.
namespace rota::plugin_host::isolation {

/// Calls of a re-entrant plugin that run at once in one process: as many as there are senders.
inline constexpr std::size_t kReentrantCalls = base::limits::kSenders;
/// Callbacks beside them.
inline constexpr std::size_t kCallbacks = 2;

/// All that a child needs to make an instance. Secrets are still references: a child asks for them.
struct Start {
    std::string subject; ///< "channel.sendgrid_eu"
    std::string name;    ///< "sendgrid_eu"
    std::string plugin;
    std::uint32_t kind = ROTA_KIND_CHANNEL;
    std::string file; ///< where it was found, for messages
    std::string copy; ///< what is loaded
    PluginConfig config;
    base::Milliseconds timeout{0};
    base::Instant now;
};
std::string pack(const Start& start);
Start unpackStart(std::string_view bytes);

struct Ready {
    std::string version;
    std::uint64_t flags = 0;     ///< ROTA_FLAG_…
    std::uint64_t dataNeeds = 0; ///< ROTA_DATA_…
};
std::string pack(const Ready& ready);
Ready unpackReady(std::string_view bytes);

std::string pack(const std::vector<PluginProblem>& problems);
std::vector<PluginProblem> unpackProblems(std::string_view bytes);

std::string pack(const base::log::Line& line);
base::log::Line unpackLine(std::string_view bytes);

std::string pack(const tl::expected<std::string, SecretFault>& secret);
tl::expected<std::string, SecretFault> unpackSecret(std::string_view bytes);

/// Which function of a channel is called, the clock of the server then, and until when it waits by the machine's own
/// measure, which all processes share. The arguments follow.
enum class Function { Send, Status, Webhook, Health };
struct CallHead {
    Function function = Function::Send;
    base::Instant now;
    std::chrono::steady_clock::time_point deadline;
};
void put(Packer& packer, const CallHead& head);
CallHead takeCallHead(Unpacker& unpacker);

void put(Packer& packer, const app::Message& message);
app::Message takeMessage(Unpacker& unpacker);

void put(Packer& packer, const app::SendResult& result);
app::SendResult takeSendResult(Unpacker& unpacker);

void put(Packer& packer, const app::DeliveryStatus& status);
app::DeliveryStatus takeDeliveryStatus(Unpacker& unpacker);

void put(Packer& packer, const app::WebhookRequest& request);
app::WebhookRequest takeWebhookRequest(Unpacker& unpacker);

using WebhookAnswer = tl::expected<app::WebhookContent, app::WebhookRefused>;
void put(Packer& packer, const WebhookAnswer& answer);
WebhookAnswer takeWebhookAnswer(Unpacker& unpacker);

void put(Packer& packer, const std::optional<std::string>& ailment);
std::optional<std::string> takeAilment(Unpacker& unpacker);

/// What a plugin counted since the last call.
using Counts = std::map<std::string, double>;
void put(Packer& packer, const Counts& counts);
Counts takeCounts(Unpacker& unpacker);

} // namespace rota::plugin_host::isolation
