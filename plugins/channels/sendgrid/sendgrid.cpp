#include <rota/crypto.hpp>
#include <rota/plugin.hpp>
#include <rota/web.hpp>

#include <charconv>
#include <chrono>
#include <string>
#include <string_view>

namespace {

using rota::web::Json;
using rota::web::quoted;

constexpr const char* kSchema = R"({"type": "object", "required": ["api_key", "from"], "properties": {
    "api_key": {"type": "string", "secret": true},
    "from": {"type": "string", "pattern": "^[^@ <>]+@[^@ <>]+$", "title": "a sender that SendGrid has verified"},
    "from_name": {"type": "string", "title": "what mail programs show as the sender"},
    "reply_to": {"type": "string", "pattern": "^[^@ <>]+@[^@ <>]+$"},
    "region": {"type": "string", "enum": ["global", "eu"], "default": "global"},
    "sandbox": {"type": "boolean", "default": false, "title": "SendGrid checks everything and sends nothing"},
    "webhook_public_key": {"type": "string", "pattern": "^[A-Za-z0-9+/]+=*$",
        "title": "of the signed event webhook, as SendGrid shows it"},
    "webhook_max_age": {"type": "integer", "default": 600, "minimum": 10, "maximum": 86400,
        "title": "seconds after which a signed callback is taken for a replay"},
    "base_url": {"type": "string", "title": "another address of the API",
        "pattern": "^(https://[^/?#@]+|http://(127[.]0[.]0[.]1|localhost)(:[0-9]+)?)$"}}})";

std::string member(std::string_view name, const std::string& json) {
    return quoted(name) + ": " + json;
}

std::string person(std::string_view address, std::string_view name) {
    std::string json = "{" + member("email", quoted(address));
    if (!name.empty()) json += ", " + member("name", quoted(name));
    return json + "}";
}

std::int64_t number(std::string_view text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string_view header(const rota::HttpResponse& answer, std::string_view name) {
    const auto found = answer.headers.find(std::string(name));
    return found == answer.headers.end() ? std::string_view{} : found->second;
}

std::string_view header(const rota::WebhookRequest& request, std::string_view name) {
    const auto found = request.headers.find(name);
    return found == request.headers.end() ? std::string_view{} : found->second;
}

/// Email through SendGrid's v3 Web API.
class SendGrid final : public rota::Channel {
public:
    static constexpr rota::About about{.id = "sendgrid",
                                       .name = "SendGrid",
                                       .vendor = "Rota",
                                       .license = "Apache-2.0",
                                       .flags = ROTA_FLAG_REENTRANT | ROTA_FLAG_EMAIL,
                                       .dataNeeds = ROTA_DATA_ADDRESS | ROTA_DATA_NAME | ROTA_DATA_CONTENT,
                                       .configSchema = kSchema,
                                       .httpHosts = "api.sendgrid.com api.eu.sendgrid.com"};

    void configure(const rota::Config& config) override {
        config_ = config;
        const bool eu = config.text("region") == "eu";
        base_ = config.text("base_url", eu ? "https://api.eu.sendgrid.com" : "https://api.sendgrid.com");
        if (!config.has("webhook_public_key")) return;
        const auto key = rota::web::fromBase64(config.text("webhook_public_key"));
        if (!key || rota::Crypto(host()).verifyP256(*key, "", "") == ROTA_CONFIG)
            throw rota::Failure(ROTA_CONFIG, "is no key of a signed event webhook").key("webhook_public_key");
        publicKey_ = *key;
    }

    void checkRecipient(std::string_view to) override {
        const auto at = to.find('@');
        if (at == 0 || at == std::string_view::npos || at + 1 == to.size())
            throw rota::Failure(ROTA_BAD_RECIPIENT, "that is no email address");
    }

    rota::Receipt send(const rota::Call& call, const rota::Message& message) override {
        checkRecipient(message.to);
        if (host().now() >= message.notAfter) throw rota::Failure(ROTA_PERMANENT, "too late to be sent");
        const auto answer = host().http(call, request("POST", "/v3/mail/send", mail(message)));
        // 202: queued. 200: the sandbox found it right.
        if (answer.status != 202 && answer.status != 200) refuse(answer);
        return {.providerId = std::string(header(answer, "x-message-id"))};
    }

    void health(const rota::Call& call) override {
        const auto answer = host().http(call, request("GET", "/v3/scopes", ""));
        if (answer.status != 200) refuse(answer);
    }

    rota::WebhookResult webhook(const rota::Call&, const rota::WebhookRequest& request) override {
        checkSignature(request);
        const auto list = Json::parse(request.body);
        if (!list || !list->isArray()) throw rota::Failure(ROTA_REJECTED, "the callback is no list of events");
        rota::WebhookResult result;
        for (const auto& item : list->items())
            addEvent(item, result.events);
        return result;
    }

private:
    rota::HttpRequest request(std::string method, const std::string& path, std::string body) const {
        rota::HttpRequest wanted{
            .method = std::move(method), .url = base_ + path, .headers = {}, .body = std::move(body)};
        wanted.headers = {{"Authorization", "Bearer " + host().secret(config_.text("api_key"))},
                          {"Accept", "application/json"},
                          {"User-Agent", "Rota/" + std::string(host().version())}};
        if (!wanted.body.empty()) wanted.headers.emplace_back("Content-Type", "application/json");
        return wanted;
    }

    std::string mail(const rota::Message& message) const {
        std::string json =
            "{" +
            member("personalizations",
                   "[{" + member("to", "[" + person(message.to, message.toName) + "]") + ", " +
                       member("custom_args", "{" + member("delivery_id", quoted(message.deliveryId)) + "}") + "}]");
        json += ", " + member("from", person(config_.text("from"), config_.text("from_name", "")));
        if (config_.has("reply_to")) json += ", " + member("reply_to", person(config_.text("reply_to"), ""));
        json += ", " + member("subject", quoted(message.subject));
        json += ", " + member("content", contents(message));
        if (!message.attachments.empty()) json += ", " + member("attachments", attachments(message));
        // A link to the clinic's portal stays one, and nobody's reading is watched.
        json += R"(, "tracking_settings": {"click_tracking": {"enable": false}, "open_tracking": {"enable": false}})";
        if (config_.flag("sandbox")) json += R"(, "mail_settings": {"sandbox_mode": {"enable": true}})";
        return json + "}";
    }

    static std::string contents(const rota::Message& message) {
        const auto part = [](const char* type, std::string_view text) {
            return "{" + member("type", quoted(type)) + ", " + member("value", quoted(text)) + "}";
        };
        const std::string plain = part("text/plain", message.text);
        return "[" + plain + (message.html.empty() ? "" : ", " + part("text/html", message.html)) + "]";
    }

    static std::string attachments(const rota::Message& message) {
        std::string json;
        for (const auto& item : message.attachments) {
            // SendGrid takes a type without parameters only.
            const auto type = item.contentType.substr(0, item.contentType.find(';'));
            json += (json.empty() ? "[{" : ", {") + member("content", quoted(rota::web::base64(item.bytes))) + ", " +
                    member("type", quoted(type)) + ", " + member("filename", quoted(item.filename)) + ", " +
                    member("disposition", quoted("attachment")) + "}";
        }
        return json + "]";
    }

    /// What SendGrid's answer means. Of the 5xx it documents 503 alone as "not available"; after any other the message
    /// may be queued.
    [[noreturn]] void refuse(const rota::HttpResponse& answer) const {
        const std::string code = std::to_string(answer.status);
        const auto failure = [&](rota_status status, const std::string& why) {
            return rota::Failure(status, "SendGrid answered " + code + ": " + why).providerCode(code);
        };
        switch (answer.status) {
        case 400: throw badRequest(answer).providerCode(code);
        case 401: throw failure(ROTA_AUTH, "it does not take the API key");
        case 403: throw failure(ROTA_AUTH, "the API key or the sender may not do that, or the account is blocked");
        case 404:
        case 405: throw failure(ROTA_CONFIG, "that is not its API").key("base_url");
        case 413: throw failure(ROTA_REJECTED, "the message is too large");
        case 429: throw failure(ROTA_RATE_LIMITED, "too many requests").retryAfter(wait(answer));
        case 503: throw failure(ROTA_UNAVAILABLE, "the service is not available").retryAfter(answer.retryAfter);
        default: break;
        }
        if (answer.status > 400 && answer.status < 500) throw failure(ROTA_REJECTED, "it refuses the message");
        throw failure(ROTA_UNKNOWN_OUTCOME, "nobody knows whether it took the message");
    }

    /// SendGrid names the field that it does not like; its text may quote an address, so it goes no further.
    static rota::Failure badRequest(const rota::HttpResponse& answer) {
        const auto body = Json::parse(answer.body).value_or(Json{});
        const auto& errors = body["errors"].items();
        const std::string field = errors.empty() ? "" : errors.front()["field"].text();
        if (field.starts_with("from")) return rota::Failure(ROTA_CONFIG, "SendGrid refuses the sender").key("from");
        if (field.starts_with("reply_to"))
            return rota::Failure(ROTA_CONFIG, "SendGrid refuses the address for replies").key("reply_to");
        if (field.starts_with("personalizations") && field.find("to") != std::string::npos)
            return rota::Failure(ROTA_BAD_RECIPIENT, "SendGrid refuses the recipient's address");
        return rota::Failure(ROTA_REJECTED,
                             "SendGrid refuses the message" + (field.empty() ? "" : " for its " + field));
    }

    std::chrono::milliseconds wait(const rota::HttpResponse& answer) const {
        if (answer.retryAfter.count() > 0) return answer.retryAfter;
        const auto reset = std::chrono::seconds{number(header(answer, "x-ratelimit-reset"))};
        return std::max<std::chrono::milliseconds>(reset - host().now().time_since_epoch(), std::chrono::seconds{1});
    }

    /// ECDSA over the timestamp and the raw body. Callbacks that come twice are told by their sg_event_id; this only
    /// keeps somebody from storing them and sending them much later.
    void checkSignature(const rota::WebhookRequest& request) const {
        if (publicKey_.empty())
            throw rota::Failure(ROTA_AUTH, "no webhook_public_key is configured, so nothing is believed");
        const auto stamp = header(request, "x-twilio-email-event-webhook-timestamp");
        const auto signature = rota::web::fromBase64(header(request, "x-twilio-email-event-webhook-signature"));
        const auto age = rota::unixMs(request.received) / 1000 - number(stamp);
        if (std::abs(age) > config_.integer("webhook_max_age"))
            throw rota::Failure(ROTA_AUTH, "the callback's time is not now: is it a replay, or is a clock wrong?");
        const std::string signedText = std::string(stamp) + std::string(request.body);
        if (!signature || rota::Crypto(host()).verifyP256(publicKey_, signedText, *signature) != ROTA_OK)
            throw rota::Failure(ROTA_AUTH, "the callback's signature is wrong");
    }

    static void addEvent(const Json& item, std::vector<rota::Event>& events) {
        const std::string& name = item["event"].text();
        rota::Event event{.type = rota::EventType::Accepted,
                          .occurred = rota::timePoint(item["timestamp"].integer() * 1000),
                          .eventId = item["sg_event_id"].text(),
                          .providerId = item["sg_message_id"].text(),
                          .deliveryId = item["delivery_id"].text(),
                          .recipient = item["email"].text(),
                          .providerCode = item["status"].text(),
                          .detail = name};
        // Behind the first dot stand the servers that it went through.
        event.providerId.resize(std::min(event.providerId.find('.'), event.providerId.size()));
        if (name == "delivered")
            event.type = rota::EventType::Delivered;
        else if (name == "bounce" || name == "dropped")
            event.type = rota::EventType::Undelivered;
        else if (name == "spamreport")
            event.type = rota::EventType::Complained;
        else if (name == "unsubscribe" || name == "group_unsubscribe")
            event.type = rota::EventType::OptedOut;
        else if (name == "group_resubscribe")
            event.type = rota::EventType::OptedIn;
        else if (name != "processed" && name != "deferred")
            return; // opens and clicks: nobody asked for them
        // A bounce of the type "blocked" is the server's mood of that day, and says nothing about the address.
        if (const auto& type = item["type"].text(); !type.empty()) event.detail += " " + type;
        if (const auto& reason = item["reason"].text(); !reason.empty()) event.detail += ": " + reason;
        events.push_back(std::move(event));
    }

    rota::Config config_;
    std::string base_;
    std::string publicKey_; ///< in DER
};

} // namespace

ROTA_PLUGIN(SendGrid);
