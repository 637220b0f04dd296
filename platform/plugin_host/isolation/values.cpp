#include "plugin_host/isolation/values.hpp"

#include "base/limits.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <set>

namespace rota::plugin_host::isolation {
namespace {

void put(Packer& packer, base::Instant instant) {
    packer.number(base::toUnixMs(instant));
}

base::Instant takeInstant(Unpacker& unpacker) {
    return base::fromUnixMs(unpacker.number());
}

template <class List, class Put>
void putAll(Packer& packer, const List& list, Put&& each) {
    packer.number(static_cast<std::int64_t>(list.size()));
    for (const auto& item : list)
        each(item);
}

/// `most` is for what the process at the other end, whose plugin may do anything, could fill our memory with.
template <class List, class Take>
List takeAll(Unpacker& unpacker, Take&& each, std::size_t most = SIZE_MAX) {
    List list;
    auto left = unpacker.count();
    if (left > most) throw FrameError("too much at once");
    for (; left > 0; --left)
        list.insert(list.end(), each());
    return list;
}

void put(Packer& packer, const app::ProviderEvent& event) {
    packer.number(static_cast<std::int64_t>(event.type));
    put(packer, event.occurred);
    packer.text(event.eventId).text(event.providerMessageId).text(event.deliveryId).text(event.recipient);
    packer.text(event.providerCode).text(event.detail);
}

app::ProviderEvent takeEvent(Unpacker& unpacker) {
    app::ProviderEvent event;
    event.type = unpacker.oneOf(app::ProviderEventType::OptedIn);
    event.occurred = takeInstant(unpacker);
    for (auto* text : {&event.eventId, &event.providerMessageId, &event.deliveryId, &event.recipient,
                       &event.providerCode, &event.detail})
        *text = unpacker.text();
    return event;
}

void put(Packer& packer, const app::InboundText& text) {
    put(packer, text.received);
    packer.text(text.eventId).text(text.from).text(text.to).text(text.text);
}

/// Codes are constants of the program on both sides.
std::string_view lasting(const std::string& code) {
    static std::mutex mutex;
    static std::set<std::string> codes;
    const std::scoped_lock lock(mutex);
    if (codes.size() > 100) throw FrameError("no such code");
    return *codes.insert(code).first;
}

app::InboundText takeInboundText(Unpacker& unpacker) {
    app::InboundText inbound;
    inbound.received = takeInstant(unpacker);
    for (auto* text : {&inbound.eventId, &inbound.from, &inbound.to, &inbound.text})
        *text = unpacker.text();
    return inbound;
}

} // namespace

std::string pack(const Start& start) {
    Packer packer;
    packer.text(start.subject).text(start.name).text(start.plugin).number(start.kind).text(start.file).text(start.copy);
    putAll(packer, start.config, [&](const auto& entry) { packer.text(entry.first).text(entry.second); });
    packer.number(start.timeout.count());
    put(packer, start.now);
    return packer.take();
}

Start unpackStart(std::string_view bytes) {
    Unpacker unpacker(bytes);
    Start start;
    for (auto* text : {&start.subject, &start.name, &start.plugin})
        *text = unpacker.text();
    start.kind = static_cast<std::uint32_t>(unpacker.number());
    start.file = unpacker.text();
    start.copy = unpacker.text();
    start.config = takeAll<PluginConfig>(unpacker, [&] {
        auto key = unpacker.text();
        return std::pair{std::move(key), unpacker.text()};
    });
    start.timeout = base::Milliseconds{unpacker.number()};
    start.now = takeInstant(unpacker);
    return start;
}

std::string pack(const Ready& ready) {
    return Packer()
        .text(ready.version)
        .number(static_cast<std::int64_t>(ready.flags))
        .number(static_cast<std::int64_t>(ready.dataNeeds))
        .take();
}

Ready unpackReady(std::string_view bytes) {
    Unpacker unpacker(bytes);
    Ready ready;
    ready.version = unpacker.text();
    ready.flags = static_cast<std::uint64_t>(unpacker.number());
    ready.dataNeeds = static_cast<std::uint64_t>(unpacker.number());
    return ready;
}

std::string pack(const std::vector<PluginProblem>& problems) {
    Packer packer;
    putAll(packer, problems, [&](const PluginProblem& problem) {
        packer.text(problem.code).text(problem.subject).text(problem.cause).text(problem.remedy);
    });
    return packer.take();
}

std::vector<PluginProblem> unpackProblems(std::string_view bytes) {
    Unpacker unpacker(bytes);
    return takeAll<std::vector<PluginProblem>>(unpacker, [&] {
        PluginProblem problem;
        problem.code = lasting(unpacker.text());
        problem.subject = unpacker.text();
        problem.cause = unpacker.text();
        problem.remedy = unpacker.text();
        return problem;
    });
}

namespace {

/// A line's own words end up in the server's log as they are; from a process that might forge lines, on one line.
std::string printable(std::string text) {
    std::ranges::replace_if(
        text, [](unsigned char c) { return c < ' ' || c == 0x7f || c == '"' || c == '\\'; }, '?');
    return text;
}

/// A number, or true or false: what may stand in JSON without quotes.
bool isLiteral(std::string_view value) {
    return value.find_first_of("\"[{ \t\r\n") == std::string_view::npos && nlohmann::json::accept(value);
}

} // namespace

std::string pack(const base::log::Line& line) {
    Packer packer;
    packer.number(static_cast<std::int64_t>(line.level)).text(line.event);
    putAll(packer, line.fields,
           [&](const auto& field) { packer.text(field.key).text(field.value).number(field.quoted ? 1 : 0); });
    return packer.take();
}

base::log::Line unpackLine(std::string_view bytes) {
    Unpacker unpacker(bytes);
    base::log::Line line;
    line.level = unpacker.oneOf(base::log::Level::Error);
    line.event = printable(unpacker.text());
    line.fields = takeAll<std::vector<base::log::Line::Part>>(unpacker, [&] {
        base::log::Line::Part part;
        part.key = printable(unpacker.text());
        part.value = unpacker.text();
        part.quoted = unpacker.number() != 0 || !isLiteral(part.value);
        return part;
    });
    return line;
}

std::string pack(const tl::expected<std::string, SecretFault>& secret) {
    if (secret) return Packer().number(1).text(*secret).take();
    return Packer().number(0).text(secret.error().cause).text(secret.error().remedy).take();
}

tl::expected<std::string, SecretFault> unpackSecret(std::string_view bytes) {
    Unpacker unpacker(bytes);
    if (unpacker.number() == 1) return unpacker.text();
    SecretFault fault;
    fault.cause = unpacker.text();
    fault.remedy = unpacker.text();
    return tl::unexpected(std::move(fault));
}

void put(Packer& packer, const CallHead& head) {
    packer.number(static_cast<std::int64_t>(head.function));
    put(packer, head.now);
    packer.number(std::chrono::nanoseconds(head.deadline.time_since_epoch()).count());
}

CallHead takeCallHead(Unpacker& unpacker) {
    CallHead head;
    head.function = unpacker.oneOf(Function::Health);
    head.now = takeInstant(unpacker);
    head.deadline = std::chrono::steady_clock::time_point{std::chrono::nanoseconds{unpacker.number()}};
    return head;
}

void put(Packer& packer, const app::Message& message) {
    packer.number(message.medium == domain::Medium::Sms ? 1 : 0);
    packer.text(message.deliveryId).text(message.idempotencyKey).text(message.to).text(message.toName);
    packer.text(message.subject).text(message.text).text(message.html).text(message.locale);
    put(packer, message.notAfter);
    putAll(packer, message.attachments, [&](const app::Attachment& attachment) {
        packer.text(attachment.filename).text(attachment.contentType).text(attachment.bytes);
    });
}

app::Message takeMessage(Unpacker& unpacker) {
    app::Message message;
    message.medium = unpacker.number() == 1 ? domain::Medium::Sms : domain::Medium::Email;
    for (auto* text : {&message.deliveryId, &message.idempotencyKey, &message.to, &message.toName, &message.subject,
                       &message.text, &message.html, &message.locale})
        *text = unpacker.text();
    message.notAfter = takeInstant(unpacker);
    message.attachments = takeAll<std::vector<app::Attachment>>(unpacker, [&] {
        app::Attachment attachment;
        attachment.filename = unpacker.text();
        attachment.contentType = unpacker.text();
        attachment.bytes = unpacker.text();
        return attachment;
    });
    return message;
}

void put(Packer& packer, const app::SendResult& result) {
    packer.number(static_cast<std::int64_t>(result.status)).number(result.retryAfter.count());
    packer.text(result.providerMessageId).text(result.providerCode).text(result.error);
}

app::SendResult takeSendResult(Unpacker& unpacker) {
    app::SendResult result;
    result.status = unpacker.oneOf(app::SendStatus::Busy);
    result.retryAfter = base::Milliseconds{unpacker.number()};
    for (auto* text : {&result.providerMessageId, &result.providerCode, &result.error})
        *text = unpacker.text();
    return result;
}

void put(Packer& packer, const app::DeliveryStatus& status) {
    packer.number(static_cast<std::int64_t>(status.state));
    packer.text(status.providerMessageId).text(status.providerCode).text(status.error);
}

app::DeliveryStatus takeDeliveryStatus(Unpacker& unpacker) {
    app::DeliveryStatus status;
    status.state = unpacker.oneOf(app::DeliveryState::NotFound);
    for (auto* text : {&status.providerMessageId, &status.providerCode, &status.error})
        *text = unpacker.text();
    return status;
}

void put(Packer& packer, const app::WebhookRequest& request) {
    put(packer, request.received);
    packer.text(request.method).text(request.url).text(request.body);
    putAll(packer, request.headers, [&](const auto& header) { packer.text(header.first).text(header.second); });
}

app::WebhookRequest takeWebhookRequest(Unpacker& unpacker) {
    app::WebhookRequest request;
    request.received = takeInstant(unpacker);
    for (auto* text : {&request.method, &request.url, &request.body})
        *text = unpacker.text();
    request.headers = takeAll<decltype(request.headers)>(unpacker, [&] {
        auto name = unpacker.text();
        return std::pair{std::move(name), unpacker.text()};
    });
    return request;
}

void put(Packer& packer, const WebhookAnswer& answer) {
    packer.number(answer ? 1 : 0);
    if (!answer) {
        packer.number(static_cast<std::int64_t>(answer.error().reason)).text(answer.error().error);
        return;
    }
    putAll(packer, answer->events, [&](const app::ProviderEvent& event) { put(packer, event); });
    putAll(packer, answer->texts, [&](const app::InboundText& text) { put(packer, text); });
    packer.number(answer->reply.status).text(answer->reply.contentType).text(answer->reply.body);
}

WebhookAnswer takeWebhookAnswer(Unpacker& unpacker) {
    if (unpacker.number() != 1) {
        app::WebhookRefused refused;
        refused.reason = unpacker.oneOf(app::WebhookRefused::Reason::Unavailable);
        refused.error = unpacker.text();
        return tl::unexpected(std::move(refused));
    }
    app::WebhookContent content;
    constexpr auto kMost = base::limits::kWebhookEvents;
    content.events = takeAll<std::vector<app::ProviderEvent>>(
        unpacker, [&] { return takeEvent(unpacker); }, kMost);
    content.texts = takeAll<std::vector<app::InboundText>>(
        unpacker, [&] { return takeInboundText(unpacker); }, kMost);
    content.reply.status = static_cast<int>(unpacker.number());
    content.reply.contentType = unpacker.text();
    content.reply.body = unpacker.text();
    return content;
}

void put(Packer& packer, const std::optional<std::string>& ailment) {
    packer.number(ailment ? 1 : 0).text(ailment.value_or(""));
}

std::optional<std::string> takeAilment(Unpacker& unpacker) {
    const bool ill = unpacker.number() == 1;
    auto text = unpacker.text();
    return ill ? std::optional(std::move(text)) : std::nullopt;
}

void put(Packer& packer, const Counts& counts) {
    putAll(packer, counts, [&](const auto& count) {
        packer.text(count.first).text({reinterpret_cast<const char*>(&count.second), sizeof count.second});
    });
}

Counts takeCounts(Unpacker& unpacker) {
    return takeAll<Counts>(unpacker, [&] {
        auto name = unpacker.text();
        const auto bytes = unpacker.text();
        double value = 0;
        if (bytes.size() != sizeof value) throw FrameError("no number");
        std::memcpy(&value, bytes.data(), sizeof value);
        return std::pair{std::move(name), value};
    });
}

} // namespace rota::plugin_host::isolation
