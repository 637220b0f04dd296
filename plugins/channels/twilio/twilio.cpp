#include <rota/crypto.hpp>
#include <rota/plugin.hpp>
#include <rota/web.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace {

using rota::web::Form;
using rota::web::Json;

constexpr const char* kSchema = R"({"type": "object", "required": ["account_sid"], "properties": {
    "account_sid": {"type": "string", "pattern": "^AC[0-9a-fA-F]{32}$"},
    "api_key": {"type": "string", "pattern": "^SK[0-9a-fA-F]{32}$", "title": "the SID of an API key"},
    "api_secret": {"type": "string", "secret": true, "title": "of that API key"},
    "auth_token": {"type": "string", "secret": true, "title": "of the account: it signs callbacks"},
    "from": {"type": "string", "pattern": "^([+][1-9][0-9]{6,14}|[0-9]{4,6}|[A-Za-z0-9 ]{1,11})$",
        "title": "a number, short code or sender's name of the account"},
    "messaging_service_sid": {"type": "string", "pattern": "^MG[0-9a-fA-F]{32}$"},
    "webhook_url": {"type": "string", "pattern": "^https?://[^?#]+$",
        "title": "this instance's callbacks, as Twilio calls them: https://clinic.example/api/webhooks/twilio"},
    "opt_out_words": {"type": "string", "default": "STOP, STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT",
        "title": "the words after which Twilio sends nothing more to a number"},
    "opt_in_words": {"type": "string", "default": "START, YES, UNSTOP"},
    "reply": {"type": "string", "title": "what answers any other text; nothing where it is not set"},
    "base_url": {"type": "string", "default": "https://api.twilio.com",
        "pattern": "^(https://[^/?#@]+|http://(127[.]0[.]0[.]1|localhost)(:[0-9]+)?)$"}}})";

/// Twilio keeps a message in its queue for no longer.
constexpr std::int64_t kLongestValidity = 36'000;

/// "Cancel. " and "CANCEL" are the same word.
std::string plainWord(std::string_view text) {
    std::string word;
    for (const char letter : text)
        if (std::isalnum(static_cast<unsigned char>(letter)) != 0)
            word += static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
        else if (!word.empty() && word.back() != ' ')
            word += ' ';
    while (word.ends_with(' '))
        word.pop_back();
    return word;
}

std::set<std::string> wordList(std::string_view text) {
    std::set<std::string> words;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        if (auto word = plainWord(text.substr(0, comma)); !word.empty()) words.insert(std::move(word));
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return words;
}

std::string xmlText(std::string_view text) {
    std::string escaped;
    for (const char letter : text) {
        if (letter == '&')
            escaped += "&amp;";
        else if (letter == '<')
            escaped += "&lt;";
        else if (letter == '>')
            escaped += "&gt;";
        else
            escaped += letter;
    }
    return escaped;
}

rota::DeliveryState stateOf(std::string_view status) {
    using rota::DeliveryState;
    if (status == "delivered" || status == "read") return DeliveryState::Delivered;
    if (status == "undelivered" || status == "failed" || status == "canceled") return DeliveryState::Undelivered;
    static constexpr std::array<std::string_view, 6> kUnderWay{"accepted", "scheduled", "queued",
                                                               "sending",  "sent",      "partially_delivered"};
    const bool underWay = std::find(kUnderWay.begin(), kUnderWay.end(), status) != kUnderWay.end();
    return underWay ? DeliveryState::Accepted : DeliveryState::Unknown;
}

/// What an error code of a refused message means. Those that are not listed refuse that message alone.
struct Meaning {
    rota_status status;
    const char* text;
    const char* key = ""; ///< of our configuration
};
Meaning meaningOf(std::int64_t code) {
    switch (code) {
    case 21610: return {ROTA_SUPPRESSED, "the recipient opted out"};
    case 21211:
    case 21217:
    case 21265:
    case 21266:
    case 21614:
    case 21635: return {ROTA_BAD_RECIPIENT, "that is no number that can get an SMS"};
    case 21408:
    case 21612: return {ROTA_PERMANENT, "the account cannot reach that number's country or network"};
    case 20003:
    case 20005:
    case 20006:
    case 20008: return {ROTA_AUTH, "the credentials are not taken, or the account is suspended"};
    case 20404: return {ROTA_CONFIG, "there is no such account", "account_sid"};
    case 21212:
    case 21603:
    case 21606:
    case 21659:
    case 21660:
    case 21661: return {ROTA_CONFIG, "the account may not send from there", "from"};
    case 21701:
    case 21702:
    case 21703:
    case 21704:
    case 21705: return {ROTA_CONFIG, "the messaging service has no sender, or does not exist", "messaging_service_sid"};
    case 21609: return {ROTA_CONFIG, "it cannot call that address back", "webhook_url"};
    case 20429:
    case 14107:
    case 21611: return {ROTA_RATE_LIMITED, "too many messages"};
    default: return {ROTA_REJECTED, "it refuses the message"};
    }
}

/// SMS through Twilio's Programmable Messaging API.
class Twilio final : public rota::Channel {
public:
    static constexpr rota::About about{.id = "twilio",
                                       .name = "Twilio",
                                       .vendor = "Rota",
                                       .license = "Apache-2.0",
                                       .flags = ROTA_FLAG_REENTRANT | ROTA_FLAG_SMS,
                                       .dataNeeds = ROTA_DATA_ADDRESS | ROTA_DATA_CONTENT,
                                       .configSchema = kSchema,
                                       .httpHosts = "api.twilio.com"};

    void configure(const rota::Config& config) override {
        config_ = config;
        if (config.has("api_key") != config.has("api_secret"))
            throw rota::Failure(ROTA_CONFIG, "api_key and api_secret belong together")
                .key(config.has("api_key") ? "api_secret" : "api_key");
        if (!config.has("api_key") && !config.has("auth_token"))
            throw rota::Failure(ROTA_CONFIG, "either api_key and api_secret are needed, or auth_token").key("api_key");
        if (config.has("from") == config.has("messaging_service_sid"))
            throw rota::Failure(ROTA_CONFIG, "one of from and messaging_service_sid is needed, and only one")
                .key("from");
        resource_ = config.text("base_url") + "/2010-04-01/Accounts/" + config.text("account_sid");
        webhookUrl_ = config.text("webhook_url", "");
        optOutWords_ = wordList(config.text("opt_out_words"));
        optInWords_ = wordList(config.text("opt_in_words"));
    }

    void checkRecipient(std::string_view to) override {
        const bool digits = to.size() > 1 && std::all_of(to.begin() + 1, to.end(), [](unsigned char letter) {
                                return std::isdigit(letter) != 0;
                            });
        if (!to.starts_with('+') || !digits || to.size() < 8 || to.size() > 16)
            throw rota::Failure(ROTA_BAD_RECIPIENT, "that is no phone number in E.164");
    }

    rota::Receipt send(const rota::Call& call, const rota::Message& message) override {
        checkRecipient(message.to);
        const auto left = std::chrono::floor<std::chrono::seconds>(message.notAfter - host().now()).count();
        if (left < 1) throw rota::Failure(ROTA_PERMANENT, "too late to be sent");
        Form form{{"To", std::string(message.to)},
                  {"Body", std::string(message.text)},
                  // What is still queued when the appointment begins is dropped.
                  {"ValidityPeriod", std::to_string(std::min(left, kLongestValidity))}};
        if (config_.has("from"))
            form.emplace_back("From", config_.text("from"));
        else
            form.emplace_back("MessagingServiceSid", config_.text("messaging_service_sid"));
        // With our id, so that a callback can say what became of a message whose answer never reached us.
        if (!webhookUrl_.empty())
            form.emplace_back("StatusCallback",
                              webhookUrl_ + "?delivery_id=" + rota::web::formEncoded(message.deliveryId));
        const auto answer = host().http(call, request("POST", "/Messages.json", rota::web::formEncoded(form)));
        return accepted(answer);
    }

    /// By the message's SID. Without one nobody can tell: Twilio does not know our ids, and two messages to one number
    /// may have the same text. Its callback, which brings our id back, may still come.
    rota::Receipt status(const rota::Call& call, std::string_view providerId, std::string_view) override {
        if (providerId.empty()) throw rota::Failure(ROTA_UNSUPPORTED, "Twilio tells of a message by its SID alone");
        const auto answer = host().http(call, request("GET", "/Messages/" + std::string(providerId) + ".json", ""));
        if (answer.status == 404) return {.state = rota::DeliveryState::NotFound};
        if (answer.status != 200) refuse(answer);
        const auto body = Json::parse(answer.body).value_or(Json{});
        return {.providerId = std::string(providerId),
                .state = stateOf(body["status"].text()),
                .providerCode = body["error_code"].text()};
    }

    /// By what a key that only sends may do, too: such a one is not let see the account.
    void health(const rota::Call& call) override {
        const auto answer = host().http(call, request("GET", "/Messages.json?PageSize=1", ""));
        if (answer.status != 200) refuse(answer);
    }

    rota::WebhookResult webhook(const rota::Call&, const rota::WebhookRequest& request) override {
        const Form form = rota::web::readForm(request.body);
        checkSignature(request, form);
        const auto status = rota::web::field(form, "MessageStatus");
        rota::WebhookResult result;
        if (status.empty() || status == "received") {
            takeText(request, form, result);
            return result;
        }
        addEvent(request, form, status, result.events);
        return result;
    }

private:
    /// `path` is what follows the account in the URL.
    rota::HttpRequest request(std::string method, const std::string& path, std::string body) const {
        const bool byKey = config_.has("api_key");
        const std::string user = config_.text(byKey ? "api_key" : "account_sid");
        const std::string password = host().secret(config_.text(byKey ? "api_secret" : "auth_token"));
        rota::HttpRequest wanted{
            .method = std::move(method), .url = resource_ + path, .headers = {}, .body = std::move(body)};
        wanted.headers = {{"Authorization", "Basic " + rota::web::base64(user + ":" + password)},
                          {"Accept", "application/json"},
                          {"User-Agent", "Rota/" + std::string(host().version())}};
        if (!wanted.body.empty()) wanted.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
        return wanted;
    }

    rota::Receipt accepted(const rota::HttpResponse& answer) const {
        if (answer.status < 200 || answer.status > 299) refuse(answer);
        const auto body = Json::parse(answer.body).value_or(Json{});
        const std::string& sid = body["sid"].text();
        if (sid.empty()) throw rota::Failure(ROTA_UNKNOWN_OUTCOME, "Twilio's answer names no message");
        return {.providerId = sid, .segments = static_cast<std::uint32_t>(body["num_segments"].integer())};
    }

    /// Of an answer that is no success. Twilio's own text may quote the number, so it goes no further.
    [[noreturn]] static void refuse(const rota::HttpResponse& answer) {
        const auto code = Json::parse(answer.body).value_or(Json{})["code"].integer();
        const std::string written = std::to_string(code != 0 ? code : answer.status);
        const std::string who = "Twilio answered " + written + ": ";
        if (answer.status >= 500 || answer.status < 400)
            throw rota::Failure(ROTA_UNKNOWN_OUTCOME, who + "nobody knows whether it took the message")
                .providerCode(written);
        Meaning meaning = meaningOf(code);
        if (meaning.status == ROTA_REJECTED && (answer.status == 401 || answer.status == 403))
            meaning = meaningOf(20003);
        else if (meaning.status == ROTA_REJECTED && answer.status == 404)
            meaning = meaningOf(20404);
        else if (answer.status == 429)
            meaning = meaningOf(20429);
        auto failure = rota::Failure(meaning.status, who + meaning.text).providerCode(written);
        if (*meaning.key != '\0') failure.key(meaning.key);
        throw failure.retryAfter(answer.retryAfter);
    }

    /// HMAC-SHA1 over the URL that Twilio called and the form's fields in the order of their names. Which URL that was
    /// only the configuration knows where a proxy stands before us.
    void checkSignature(const rota::WebhookRequest& request, const Form& form) const {
        if (!config_.has("auth_token") || webhookUrl_.empty())
            throw rota::Failure(ROTA_AUTH, "auth_token and webhook_url are not both configured: nothing is believed");
        const auto given = request.headers.find("x-twilio-signature");
        const std::string token = host().secret(config_.text("auth_token"));
        const rota::Crypto crypto(host());
        bool right = false;
        for (const auto& url : signedUrls(request.url)) {
            const std::string wanted = rota::web::base64(crypto.hmacSha1(token, url + signedFields(form)));
            right = (given != request.headers.end() && crypto.equal(wanted, given->second)) || right;
        }
        if (!right)
            throw rota::Failure(ROTA_AUTH, "the callback's signature is wrong: are webhook_url and token right?");
    }

    /// Twilio signs some URLs with their scheme's port and some without.
    std::array<std::string, 2> signedUrls(std::string_view called) const {
        const auto query = std::min(called.find('?'), called.size());
        const std::string url = webhookUrl_ + std::string(called.substr(query));
        const auto hostBegin = url.find("://") + 3;
        const auto hostEnd = std::min(url.find_first_of("/?", hostBegin), url.size());
        const auto colon = url.find(':', hostBegin);
        const bool hasPort = colon < hostEnd;
        const std::string port = url.starts_with("https") ? ":443" : ":80";
        std::string other = url;
        if (hasPort)
            other.erase(colon, hostEnd - colon);
        else
            other.insert(hostEnd, port);
        return {url, other};
    }

    /// Sorted by name; of a name that comes several times each value once, sorted.
    static std::string signedFields(const Form& form) {
        std::map<std::string, std::set<std::string>> fields;
        for (const auto& [name, value] : form)
            fields[name].insert(value);
        std::string text;
        for (const auto& [name, values] : fields)
            for (const auto& value : values)
                text.append(name).append(value);
        return text;
    }

    static void addEvent(const rota::WebhookRequest& request, const Form& form, std::string_view status,
                         std::vector<rota::Event>& events) {
        const auto sid = rota::web::field(form, "MessageSid");
        const auto code = rota::web::field(form, "ErrorCode");
        const auto question = std::min(request.url.find('?'), request.url.size() - 1);
        const Form query = rota::web::readForm(request.url.substr(question + 1));
        const auto state = stateOf(status);
        rota::Event event{.type = state == rota::DeliveryState::Delivered     ? rota::EventType::Delivered
                                  : state == rota::DeliveryState::Undelivered ? rota::EventType::Undelivered
                                                                              : rota::EventType::Accepted,
                          .occurred = request.received,
                          .eventId = std::string(sid) + ":" + std::string(status),
                          .providerId = std::string(sid),
                          .deliveryId = std::string(rota::web::field(query, "delivery_id")),
                          .recipient = std::string(rota::web::field(form, "To")),
                          .providerCode = std::string(code),
                          .detail = std::string(status)};
        events.push_back(event);
        if (code != "21610") return;
        event.type = rota::EventType::OptedOut;
        event.eventId += ":opted-out";
        events.push_back(std::move(event));
    }

    /// A text of a patient. After the words for it Twilio itself sends nothing more to that number, or sends again;
    /// it answers them itself, too.
    void takeText(const rota::WebhookRequest& request, const Form& form, rota::WebhookResult& result) const {
        const auto sid = std::string(rota::web::field(form, "MessageSid"));
        const auto from = std::string(rota::web::field(form, "From"));
        if (sid.empty() || from.empty()) throw rota::Failure(ROTA_REJECTED, "the callback is about no message");
        const auto text = std::string(rota::web::field(form, "Body"));
        const auto kind = rota::web::field(form, "OptOutType");
        const std::string word = plainWord(text);
        const bool out = kind == "STOP" || (kind.empty() && optOutWords_.contains(word));
        const bool in = kind == "START" || (kind.empty() && optInWords_.contains(word));
        if (out || in)
            result.events.push_back({.type = out ? rota::EventType::OptedOut : rota::EventType::OptedIn,
                                     .occurred = request.received,
                                     .eventId = sid + (out ? ":opted-out" : ":opted-in"),
                                     .recipient = from,
                                     .detail = "by a text"});
        result.texts.push_back({.received = request.received,
                                .eventId = sid,
                                .from = from,
                                .to = std::string(rota::web::field(form, "To")),
                                .text = text});
        const bool answers = !out && !in && kind.empty() && config_.has("reply");
        result.status = 200;
        result.contentType = "text/xml; charset=utf-8";
        result.body = R"(<?xml version="1.0" encoding="UTF-8"?><Response>)" +
                      (answers ? "<Message>" + xmlText(config_.text("reply")) + "</Message>" : "") + "</Response>";
    }

    rota::Config config_;
    std::string resource_; ///< the account's URL
    std::string webhookUrl_;
    std::set<std::string> optOutWords_;
    std::set<std::string> optInWords_;
};

} // namespace

ROTA_PLUGIN(Twilio);
