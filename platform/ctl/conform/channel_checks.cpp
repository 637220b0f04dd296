#include "ctl/conform/checks.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace rota::ctl::conform {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using plugin_host::borrowed;
using plugin_host::text;
using plugin_host::view;

/// A call of 2 s, which then is cancelled, or from its begin on.
struct Call {
    explicit Call(bool isCancelled = false) : cancelled(isCancelled) {
        raw.timeout_ms = 2000;
        raw.attempt = 1;
        raw.correlation_id = borrowed("conformance");
        raw.cancelled = [](const void* ctx) -> std::int32_t {
            const auto& call = *static_cast<const Call*>(ctx);
            return call.cancelled || std::chrono::steady_clock::now() >= call.end ? 1 : 0;
        };
        raw.ctx = this;
    }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    bool cancelled;
    std::chrono::steady_clock::time_point end = std::chrono::steady_clock::now() + 2s;
    rota_call raw = plugin_host::sized<rota_call>();
};

/// What a message is in the contract, of the fields that the plugin may see.
rota_message rawMessage(const Subject& subject, const MessageText& message, FakeHost& host) {
    const auto needs = [&](std::uint64_t data) { return (subject.descriptor().data_needs & data) != 0; };
    auto raw = plugin_host::sized<rota_message>();
    raw.medium = message.medium == "email" ? ROTA_MEDIUM_EMAIL : ROTA_MEDIUM_SMS;
    raw.not_after_ms = base::toUnixMs(host.clock().now()) + 3'600'000;
    raw.delivery_id = borrowed("conformance-delivery-7");
    raw.idempotency_key = borrowed("conformance-key-7");
    raw.locale = borrowed("en-US");
    if (needs(ROTA_DATA_ADDRESS)) raw.to = borrowed(message.to);
    if (needs(ROTA_DATA_NAME)) raw.to_name = borrowed(message.toName);
    if (!needs(ROTA_DATA_CONTENT)) return raw;
    raw.text = borrowed(message.text);
    if (raw.medium == ROTA_MEDIUM_SMS) return raw;
    raw.subject = borrowed(message.subject);
    raw.html = borrowed(message.html);
    return raw;
}

struct Sent {
    rota_status status = ROTA_OK;
    Guarded<rota_receipt> receipt;
    Guarded<rota_error> error;
    std::chrono::milliseconds took{0};
};

bool isKnown(rota_status status) {
    return plugin_host::nameOf(status) != "an unknown status";
}

/// Whatever it says is searched for what it must not say.
void checkSaid(const Subject& subject, Instance& instance, const rota_error& error) {
    auto said = instance.host().said();
    said.push_back(text(error.message));
    said.push_back(text(error.provider_code));
    const auto& message = subject.fixtures.message;
    for (const auto& line : said) {
        for (const auto& secret : instance.host().secretsGiven())
            require(line.find(secret) == std::string::npos, "tells a secret in a log or an error: " + line);
        for (const auto* private_ : {&message.to, &message.toName, &message.text})
            require(private_->empty() || line.find(*private_) == std::string::npos,
                    "tells of the patient in a log or an error: " + line);
    }
}

/// What holds for every call that reaches out: `function` answered `status`.
void checkCall(Instance& instance, const std::string& function, rota_status status, const Guarded<rota_error>& error) {
    require(isKnown(status), function + " answers " + std::to_string(status) + ", which is no status of plugin.h");
    checkError(error);
    const auto& forbidden = instance.host().forbidden();
    require(forbidden.empty(), "calls a URL that is neither of its http_hosts nor of its configuration: " +
                                   (forbidden.empty() ? std::string{} : forbidden.front()));
}

/// One send, with what holds for every one of them.
Sent send(Instance& instance, const Call& call, const rota_message& message) {
    Sent sent;
    const auto& channel = instance.interface<rota_channel_v1>(ROTA_CHANNEL_V1);
    require(channel.send != nullptr, "its table has no send");
    const auto begin = std::chrono::steady_clock::now();
    sent.status = channel.send(instance.raw(), &call.raw, &message, &sent.receipt.value, &sent.error.value);
    sent.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
    checkCall(instance, "send", sent.status, sent.error);
    sent.receipt.check("rota_receipt");
    require(::strnlen(sent.receipt.value.provider_id, sizeof sent.receipt.value.provider_id) <
                sizeof sent.receipt.value.provider_id,
            "does not end the receipt's provider_id with a zero");
    return sent;
}

Sent sendOrdinary(const Subject& subject, Instance& instance, std::vector<HttpAnswer> answers) {
    instance.host().script(std::move(answers));
    return send(instance, Call{}, rawMessage(subject, subject.fixtures.message, instance.host()));
}

/// Where a plugin does not use the host's HTTP, nothing can be said about the provider's answers.
void needsHttp(Instance& instance) {
    if (instance.host().requests().empty()) throw NotConcerned("it makes no request with the host's http");
}

void expect(rota_status status, rota_status wanted, const std::string& after) {
    require(status == wanted, "answers " + named(status) + " after " + after + "; it must be " + named(wanted));
}

void sendsWithoutAnybodyThere(const Subject& subject) {
    Instance instance(subject);
    const auto sent = sendOrdinary(subject, instance, {HttpAnswer{0, {}, "", "not sent"}});
    needsHttp(instance);
    require(sent.status / 100 == 1, "answers " + named(sent.status) +
                                        " where nothing was sent; it must be of class 1, such as UNAVAILABLE, so that "
                                        "it is tried again");
}

void doesNotRepeatItself(const Subject& subject) {
    Instance instance(subject);
    const auto sent = sendOrdinary(subject, instance, {HttpAnswer{0, {}, "", "reset"}});
    needsHttp(instance);
    expect(sent.status, ROTA_UNKNOWN_OUTCOME, "a reset while it waited for the answer");
    const auto& requests = instance.host().requests();
    const auto writing = std::ranges::count_if(requests, [](const auto& one) { return one.method != "GET"; });
    require(writing <= 1, "sends the message once more after a reset: the patient may get it twice");
}

void tellsOfLimits(const Subject& subject) {
    Instance instance(subject);
    const auto sent = sendOrdinary(subject, instance, {subject.fixtures.tooManyRequests});
    needsHttp(instance);
    expect(sent.status, ROTA_RATE_LIMITED, "the answer " + std::to_string(subject.fixtures.tooManyRequests.status));
    require(instance.host().requests().size() == 1, "tries again by itself after \"too many requests\"");
    const auto wait = subject.fixtures.tooManyRequests.headers.find("Retry-After");
    if (wait == subject.fixtures.tooManyRequests.headers.end()) return;
    const auto wanted = static_cast<std::uint32_t>(std::stoul(wait->second)) * 1000;
    require(sent.error.value.retry_after_ms >= wanted,
            "says retry_after_ms = " + std::to_string(sent.error.value.retry_after_ms) + " where the provider said " +
                std::to_string(wanted));
}

void tellsOfARefusedKey(const Subject& subject) {
    Instance instance(subject);
    const auto sent = sendOrdinary(subject, instance, {subject.fixtures.unauthorized});
    needsHttp(instance);
    expect(sent.status, ROTA_AUTH, "the answer " + std::to_string(subject.fixtures.unauthorized.status));
}

void survivesGarbage(const Subject& subject) {
    for (const int status : {100, 200, 202, 204, 302, 400, 404, 413, 418, 500, 502, 503, 599, 999})
        for (const auto* body : {"", "{", "\xff\xfe\x00", "[[[[[[[[[[[[", "{\"id\": null}", "<html>oops</html>"}) {
            Instance instance(subject);
            const auto sent = sendOrdinary(subject, instance, {HttpAnswer{status, {{"X", "\xff"}}, body}});
            if (instance.host().requests().empty()) throw NotConcerned("it makes no request with the host's http");
            require(status < 500 || sent.status != ROTA_OK, "answers OK after the answer " + std::to_string(status));
        }
}

void sendsNothingOnceCancelled(const Subject& subject) {
    Instance instance(subject);
    instance.host().script({HttpAnswer{}});
    const auto sent = send(instance, Call{true}, rawMessage(subject, subject.fixtures.message, instance.host()));
    require(sent.took < 2s, "goes on for " + std::to_string(sent.took.count()) + " ms after a cancelled call");
    if (instance.host().impure().contains("http"))
        require(sent.status != ROTA_OK, "says OK of a message that the host cancelled before it was sent");
    require(sent.status / 100 != 2, "answers " + named(sent.status) +
                                        " to a call that was cancelled before it began; nothing was sent, so CANCELLED "
                                        "(500) is right");
}

void keepsItsDeadline(const Subject& subject) {
    Instance instance(subject);
    const auto sent = sendOrdinary(subject, instance, {HttpAnswer{0, {}, "", "hangs"}});
    require(sent.took < 3s, "takes " + std::to_string(sent.took.count()) + " ms of a call whose timeout_ms is 2000");
    needsHttp(instance);
    expect(sent.status, ROTA_UNKNOWN_OUTCOME, "a provider that did not answer in time");
}

void sendsNothingTooLate(const Subject& subject) {
    Instance instance(subject);
    instance.host().script({HttpAnswer{}});
    auto message = rawMessage(subject, subject.fixtures.message, instance.host());
    message.not_after_ms = base::toUnixMs(instance.host().clock().now());
    const auto sent = send(instance, Call{}, message);
    require(instance.host().requests().empty(), "sends a message at its not_after_ms, when it must not go any more");
    require(sent.status / 100 == 3, "answers " + named(sent.status) +
                                        " at the message's not_after_ms; it must be "
                                        "PERMANENT (300)");
}

void keepsSecrets(const Subject& subject) {
    const std::vector<HttpAnswer> answers{HttpAnswer{},
                                          subject.fixtures.tooManyRequests,
                                          subject.fixtures.unauthorized,
                                          HttpAnswer{400, {}, R"({"message": "bad"})"},
                                          HttpAnswer{500, {}, "oops"},
                                          HttpAnswer{0, {}, "", "reset"},
                                          HttpAnswer{0, {}, "", "not sent"}};
    for (const auto& answer : answers) {
        Instance instance(subject);
        checkSaid(subject, instance, sendOrdinary(subject, instance, {answer}).error.value);
    }
}

/// A newer host's structs are longer, and its arrays have other strides.
void readsLongerMessages(const Subject& subject) {
    struct NewerAttachment {
        rota_attachment known;
        std::array<char, 48> later;
    };
    struct NewerMessage {
        rota_message known;
        std::array<char, 64> later;
    };
    Instance instance(subject);
    instance.host().script({HttpAnswer{}});
    std::array<NewerAttachment, 3> attachments{};
    for (auto& item : attachments) {
        item.known.struct_size = sizeof item;
        item.known.filename = borrowed("visit.ics");
        item.known.content_type = borrowed("text/calendar");
        item.known.bytes = borrowed("BEGIN:VCALENDAR");
        item.later.fill(static_cast<char>(0xEE));
    }
    NewerMessage newer{rawMessage(subject, subject.fixtures.message, instance.host()), {}};
    newer.later.fill(static_cast<char>(0xEE));
    newer.known.struct_size = sizeof newer;
    newer.known.attachments = &attachments[0].known;
    newer.known.attachment_count = attachments.size();
    newer.known.attachment_stride = sizeof(NewerAttachment);
    send(instance, Call{}, newer.known);
    for (const auto& request : instance.host().requests())
        require(request.body.find('\xEE') == std::string::npos, "reads beyond an attachment: it ignores the stride");
}

rota_message atTheEdge(rota_message message, Edges& edges) {
    for (auto* const text : {&message.delivery_id, &message.idempotency_key, &message.to, &message.to_name,
                             &message.subject, &message.text, &message.html, &message.locale})
        *text = edges.text(view(*text));
    auto attachment = plugin_host::sized<rota_attachment>();
    attachment.filename = edges.text("visit.ics");
    attachment.content_type = edges.text("text/calendar");
    attachment.bytes = edges.text("BEGIN:VCALENDAR");
    message.attachments = edges.copy(attachment);
    message.attachment_count = 1;
    message.attachment_stride = sizeof attachment;
    return message;
}

void sendsWithin(const Subject& subject) {
    const std::vector<HttpAnswer> answers{HttpAnswer{200, {{"X-Long", std::string(600, 'x')}}, std::string(5000, 'x')},
                                          HttpAnswer{400, {}, std::string(5000, 'x')}, subject.fixtures.tooManyRequests,
                                          subject.fixtures.unauthorized, HttpAnswer{0, {}, "", "reset"}};
    for (const auto& answer : answers) {
        Edges edges;
        Instance instance(subject, &edges);
        const auto& channel = instance.interface<rota_channel_v1>(ROTA_CHANNEL_V1);
        instance.host().script({answer});
        const Call ordinary;
        auto* const call = edges.copy(ordinary.raw);
        call->correlation_id = edges.text("conformance");
        const auto error = [&] { return edges.copy(plugin_host::sized<rota_error>()); };
        const auto receipt = [&] { return edges.copy(plugin_host::sized<rota_receipt>()); };
        const auto message = atTheEdge(rawMessage(subject, subject.fixtures.message, instance.host()), edges);
        if (channel.check_recipient != nullptr) channel.check_recipient(instance.raw(), message.to, error());
        channel.send(instance.raw(), call, edges.copy(message), receipt(), error());
        if (channel.health != nullptr) channel.health(instance.raw(), call, error());
        if (channel.status != nullptr)
            channel.status(instance.raw(), call, edges.text("m-17"), message.delivery_id, receipt(), error());
        if (channel.webhook == nullptr) continue;
        auto header = plugin_host::sized<rota_http_header>();
        header.name = edges.text("content-type");
        header.value = edges.text("application/json");
        auto request = plugin_host::sized<rota_webhook_request>();
        request.received_ms = base::toUnixMs(instance.host().clock().now());
        request.method = edges.text("POST");
        request.url = edges.text("https://clinic.example/api/webhooks/conformance");
        request.body = edges.text("[]");
        request.headers = edges.copy(header);
        request.header_count = 1;
        request.header_stride = sizeof header;
        auto sink = plugin_host::sized<rota_webhook_sink>();
        sink.event = [](void*, const rota_event*) -> rota_status { return ROTA_OK; };
        sink.inbound_text = [](void*, const rota_inbound_text*) -> rota_status { return ROTA_OK; };
        auto reply = plugin_host::sized<rota_webhook_reply>();
        reply.status = 204;
        channel.webhook(instance.raw(), call, edges.copy(request), edges.copy(sink), edges.copy(reply), error());
    }
}

/// What a provider may say to a question that must not be taken for an answer to it.
const std::vector<std::pair<HttpAnswer, std::string>>& failures() {
    static const std::vector<std::pair<HttpAnswer, std::string>> all{
        {{500, {}, "oops"}, "the answer 500"},
        {{503, {}, "{}"}, "the answer 503"},
        {{0, {}, "", "not sent"}, "no connection"},
        {{0, {}, "", "reset"}, "a reset while it waited for the answer"},
        {{0, {}, "", "hangs"}, "a provider that did not answer in time"}};
    return all;
}

void knowsWhetherItsProviderIsThere(const Subject& subject) {
    const auto ask = [&](const HttpAnswer& answer) {
        Instance instance(subject);
        const auto& channel = instance.interface<rota_channel_v1>(ROTA_CHANNEL_V1);
        if (channel.health == nullptr) throw NotConcerned("it offers no health");
        instance.host().script({answer});
        Guarded<rota_error> error;
        const Call call;
        const auto begin = std::chrono::steady_clock::now();
        const auto status = channel.health(instance.raw(), &call.raw, &error.value);
        checkCall(instance, "health", status, error);
        checkSaid(subject, instance, error.value);
        require(std::chrono::steady_clock::now() - begin < 3s, "takes longer than its call's timeout_ms in health");
        needsHttp(instance);
        return status;
    };
    for (const auto& [answer, what] : failures())
        require(ask(answer) != ROTA_OK, "says that its provider is well after " + what);
    // Not the fixtures' answer, which is one to a message.
    expect(ask({401, {}, "{}"}), ROTA_AUTH, "the answer 401 to health");
}

/// A message whose end the host does not know is sent again, or not, by what this says.
void saysOnlyWhatItKnowsOfAMessage(const Subject& subject) {
    auto answers = failures();
    answers.emplace_back(HttpAnswer{401, {}, "{}"}, "the answer 401");
    answers.emplace_back(HttpAnswer{429, {{"Retry-After", "7"}}, "{}"}, "the answer 429");
    for (const auto& [answer, what] : answers)
        for (const auto* id : {"m-17", ""}) {
            Instance instance(subject);
            const auto& channel = instance.interface<rota_channel_v1>(ROTA_CHANNEL_V1);
            if (channel.status == nullptr) throw NotConcerned("it offers no status");
            instance.host().script({answer});
            Guarded<rota_receipt> receipt;
            Guarded<rota_error> error;
            const Call call;
            const auto status = channel.status(instance.raw(), &call.raw, borrowed(id),
                                               borrowed("conformance-delivery-7"), &receipt.value, &error.value);
            receipt.check("rota_receipt");
            checkCall(instance, "status", status, error);
            checkSaid(subject, instance, error.value);
            // Without an id there may be nothing to ask for; and then nothing is known, either.
            if (*id != '\0') needsHttp(instance);
            require(status != ROTA_OK || receipt.value.state == ROTA_STATE_UNKNOWN,
                    "says what became of a message after " + what + ": it cannot know");
        }
}

void takesEmptyTexts(const Subject& subject) {
    Instance instance(subject);
    instance.host().script({HttpAnswer{}});
    auto message = plugin_host::sized<rota_message>();
    message.medium = subject.has(ROTA_FLAG_SMS) ? ROTA_MEDIUM_SMS : ROTA_MEDIUM_EMAIL;
    message.not_after_ms = base::toUnixMs(instance.host().clock().now()) + 3'600'000;
    send(instance, Call{}, message);
}

void refusesStrangersAddresses(const Subject& subject) {
    Instance instance(subject);
    const auto& channel = instance.interface<rota_channel_v1>(ROTA_CHANNEL_V1);
    if (channel.check_recipient == nullptr) throw NotConcerned("it offers no check_recipient");
    const auto check = [&](const std::string& to) {
        Guarded<rota_error> error;
        const auto status = channel.check_recipient(instance.raw(), borrowed(to), &error.value);
        checkError(error);
        require(status == ROTA_OK || status == ROTA_BAD_RECIPIENT,
                "check_recipient answers " + named(status) + "; it knows OK and BAD_RECIPIENT alone");
        return status;
    };
    require(check(subject.fixtures.message.to) == ROTA_OK,
            "does not take the recipient that it is checked with (the fixtures' message.to gives another)");
    require(check("") == ROTA_BAD_RECIPIENT, "takes an empty address for a good one");
    require(instance.host().requests().empty(), "makes a request in check_recipient, which does no IO");
}

void believesNoUnsignedCallback(const Subject& subject) {
    Instance instance(subject);
    const auto& channel = instance.interface<rota_channel_v1>(ROTA_CHANNEL_V1);
    if (channel.webhook == nullptr) throw NotConcerned("it takes no callbacks");
    for (const auto* body : {"", "[{\"event\": \"delivered\"}]", "From=%2B12125550101&Body=STOP", "\xff\xfe"}) {
        auto request = plugin_host::sized<rota_webhook_request>();
        request.received_ms = base::toUnixMs(instance.host().clock().now());
        request.method = borrowed("POST");
        request.url = borrowed("https://clinic.example/api/webhooks/conformance");
        request.body = borrowed(body);
        request.header_stride = sizeof(rota_http_header);
        auto sink = plugin_host::sized<rota_webhook_sink>();
        int reported = 0;
        sink.ctx = &reported;
        sink.event = [](void* ctx, const rota_event*) -> rota_status {
            ++*static_cast<int*>(ctx);
            return ROTA_OK;
        };
        sink.inbound_text = [](void* ctx, const rota_inbound_text*) -> rota_status {
            ++*static_cast<int*>(ctx);
            return ROTA_OK;
        };
        Guarded<rota_webhook_reply> reply;
        Guarded<rota_error> error;
        const Call call;
        const auto status = channel.webhook(instance.raw(), &call.raw, &request, &sink, &reply.value, &error.value);
        reply.check("rota_webhook_reply");
        checkError(error);
        require(status != ROTA_OK && reported == 0, "believes a callback that nobody signed");
    }
}

// ---- the integrator's own exchanges --------------------------------------------------------------------------------

template <class T>
void compare(const json& expected, const std::string& key, const T& found) {
    if (!expected.contains(key)) return;
    const json shown(found);
    require(expected[key] == shown, key + " is " + shown.dump() + " instead of " + expected[key].dump());
}

void compareRequest(const json& expected, const SeenRequest& seen) {
    compare(expected, "method", seen.method);
    compare(expected, "url", seen.url);
    const auto headers = expected.value("headers", json::object());
    for (const auto& [name, value] : headers.items()) {
        std::string plain = name;
        std::ranges::transform(plain, plain.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        const auto found = seen.headers.find(plain);
        require(found != seen.headers.end(), "its request has no header " + name);
        require(value == json(found->second), "its request's " + name + " is not " + value.dump());
    }
    if (expected.contains("body") && expected["body"].is_structured())
        require(json::parse(seen.body, nullptr, false) == expected["body"], "its request's body is " + seen.body);
    else
        compare(expected, "body", seen.body);
    for (const auto& part : expected.value("body_contains", json::array()))
        require(seen.body.find(part.get<std::string>()) != std::string::npos,
                "its request's body has no " + part.dump() + ": " + seen.body);
}

void carriesOut(const Subject& subject, const Exchange& exchange) {
    Instance instance(subject);
    instance.host().script(exchange.answers);
    const auto sent = send(instance, Call{}, rawMessage(subject, exchange.message, instance.host()));
    const auto& expected = exchange.expected;
    const std::string name(plugin_host::nameOf(sent.status));
    require(!expected.contains("status") || expected["status"] == name,
            "the status is " + name + " (" + text(sent.error.value.message) + ") instead of " +
                expected["status"].dump());
    compare(expected, "provider_id", text(sent.receipt.value.provider_id));
    compare(expected, "provider_code",
            sent.status == ROTA_OK ? text(sent.receipt.value.provider_code) : text(sent.error.value.provider_code));
    compare(expected, "config_pointer", text(sent.error.value.config_pointer));
    compare(expected, "retry_after_ms", sent.error.value.retry_after_ms);
    if (!expected.contains("requests")) return;
    const auto& requests = instance.host().requests();
    require(requests.size() == expected["requests"].size(), "it makes " + std::to_string(requests.size()) +
                                                                " requests instead of " +
                                                                std::to_string(expected["requests"].size()));
    for (std::size_t i = 0; i < requests.size(); ++i)
        compareRequest(expected["requests"][i], requests[i]);
}

} // namespace

std::vector<Check> channelChecks(const Fixtures& fixtures) {
    std::vector<Check> checks{
        {"tries again where nothing was sent", &sendsWithoutAnybodyThere},
        {"does not know the outcome after a reset, and sends nothing twice", &doesNotRepeatItself},
        {"tells of the provider's limit, and of its wait", &tellsOfLimits},
        {"tells of a refused key", &tellsOfARefusedKey},
        {"survives answers that nobody understands", &survivesGarbage},
        {"sends nothing once a call is cancelled", &sendsNothingOnceCancelled},
        {"keeps its deadline", &keepsItsDeadline},
        {"sends nothing after the message's time", &sendsNothingTooLate},
        {"tells no secret, and nothing about a patient", &keepsSecrets},
        {"reads what a newer host makes longer", &readsLongerMessages},
        {kStaysWithin, &sendsWithin},
        {"takes empty texts", &takesEmptyTexts},
        {"refuses addresses that are none", &refusesStrangersAddresses},
        {"believes no unsigned callback", &believesNoUnsignedCallback},
        {"knows whether its provider is there", &knowsWhetherItsProviderIsThere},
        {"says of an earlier message only what it knows", &saysOnlyWhatItKnowsOfAMessage}};
    for (const auto& exchange : fixtures.exchanges)
        checks.push_back(
            {"fixture: " + exchange.name, [&exchange](const Subject& subject) { carriesOut(subject, exchange); }});
    return checks;
}

} // namespace rota::ctl::conform
