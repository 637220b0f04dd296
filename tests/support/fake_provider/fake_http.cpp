#include "support/fake_provider/fake_provider.hpp"

#include <rota/web.hpp>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <optional>
#include <thread>

namespace rota::testing {
namespace {

using Json = nlohmann::json;
using Kind = Behaviour::Kind;

struct Head {
    std::string method;
    std::string target;
    std::map<std::string, std::string> headers; ///< names in lower case
    std::size_t length = 0;

    std::string header(const std::string& name) const {
        const auto found = headers.find(name);
        return found == headers.end() ? "" : found->second;
    }
};

struct Answer {
    int status = 200;
    Json body = nullptr;
    std::map<std::string, std::string> headers = {};
};

std::optional<Head> parsedHead(const std::string& text) {
    Head head;
    std::size_t at = text.find("\r\n");
    const std::string first = text.substr(0, at);
    const auto space = first.find(' '), second = first.rfind(' ');
    if (space == std::string::npos || second == space) return std::nullopt;
    head.method = first.substr(0, space);
    head.target = first.substr(space + 1, second - space - 1);
    while (at != std::string::npos) {
        const auto end = text.find("\r\n", at + 2);
        const std::string line = text.substr(at + 2, end == std::string::npos ? end : end - at - 2);
        at = end;
        const auto colon = line.find(':');
        if (colon == std::string::npos) continue;
        std::string name = line.substr(0, colon);
        std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        const auto value = line.find_first_not_of(' ', colon + 1);
        head.headers[name] = value == std::string::npos ? "" : line.substr(value);
    }
    const std::string length = head.header("content-length");
    std::from_chars(length.data(), length.data() + length.size(), head.length);
    return head;
}

bool send(Connection& connection, const Answer& answer) {
    std::string wire = "HTTP/1.1 " + std::to_string(answer.status) + " Fake\r\n";
    const std::string body = answer.body.is_null() ? "" : answer.body.dump();
    for (const auto& [name, value] : answer.headers)
        wire += name + ": " + value + "\r\n";
    if (!body.empty()) wire += "Content-Type: application/json\r\n";
    return connection.write(wire + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

// ---- SendGrid -------------------------------------------------------------------------------------------------------

Answer sendGridError(int status, const std::string& message, const std::string& field = "null") {
    return {status, {{"errors", {{{"message", message}, {"field", field}}}}}};
}

bool isPerson(const Json& value) {
    return value.is_object() && value.value("email", Json()).is_string() &&
           value["email"].get<std::string>().find('@') != std::string::npos;
}

/// Whether SendGrid would take it, as far as its description says; the answer where it would not.
std::optional<Answer> sendGridFault(const Json& mail) {
    if (!mail.is_object()) return sendGridError(400, "Bad Request");
    const auto personalizations = mail.value("personalizations", Json());
    if (!personalizations.is_array() || personalizations.empty())
        return sendGridError(400, "The personalizations field is required.", "personalizations");
    for (const auto& item : personalizations)
        if (!item.is_object() || !item.value("to", Json()).is_array() || item["to"].empty() || !isPerson(item["to"][0]))
            return sendGridError(400, "Does not contain a valid address.", "personalizations.0.to.0.email");
    if (!isPerson(mail.value("from", Json())))
        return sendGridError(400, "The from object must be provided.", "from.email");
    if (mail.value("subject", "").empty()) return sendGridError(400, "The subject is required.", "subject");
    const auto content = mail.value("content", Json());
    if (!content.is_array() || content.empty()) return sendGridError(400, "The content is required.", "content");
    for (const auto& part : content)
        if (part.value("type", "").empty() || part.value("value", "").empty())
            return sendGridError(400, "The content value must be a string at least one character in length.",
                                 "content.0.value");
    for (const auto& item : mail.value("attachments", Json::array())) {
        if (item.value("filename", "").empty())
            return sendGridError(400, "The filename is required.", "attachments.0.filename");
        if (!web::fromBase64(item.value("content", "")))
            return sendGridError(400, "Not base64.", "attachments.0.content");
        if (item.value("type", "").find_first_of(";\r\n") != std::string::npos)
            return sendGridError(400, "The attachment type cannot contain ';', or CRLF characters.",
                                 "attachments.0.type");
    }
    return std::nullopt;
}

bool sendGridSandbox(const Json& mail) {
    return mail.value(Json::json_pointer("/mail_settings/sandbox_mode/enable"), false);
}

Answer sendGrid(const Head& head, const std::string& body, ProviderMemory& memory) {
    if (head.header("authorization") != std::string("Bearer ") + FakeAccount::kSendGridKey)
        return sendGridError(401, "The provided authorization grant is invalid, expired, or revoked");
    if (head.target == "/v3/scopes") return {200, {{"scopes", {"mail.send"}}}};
    if (head.target != "/v3/mail/send") return sendGridError(404, "not found");
    if (head.method != "POST") return sendGridError(405, "method not allowed");
    const auto mail = Json::parse(body, nullptr, false);
    if (const auto fault = sendGridFault(mail)) return *fault;
    if (sendGridSandbox(mail)) return {200};
    const auto& first = mail["personalizations"][0];
    const auto args = first.value("custom_args", Json::object());
    const auto id = memory.take({.provider = "sendgrid",
                                 .id = {},
                                 .deliveryId = args.value("delivery_id", ""),
                                 .to = first["to"][0]["email"],
                                 .content = mail},
                                "fake", 22);
    return {202, nullptr, {{"X-Message-Id", id}}};
}

// ---- Twilio ---------------------------------------------------------------------------------------------------------

Answer twilioError(int status, int code, const std::string& message) {
    return {status,
            {{"code", code},
             {"message", message},
             {"more_info", "https://www.twilio.com/docs/errors/" + std::to_string(code)},
             {"status", status}}};
}

/// The numbers by which Twilio lets its customers try its errors out.
std::optional<Answer> magicNumber(const std::string& to) {
    static const std::map<std::string, int> kCodes{{"+15005550001", 21211},
                                                   {"+15005550002", 21612},
                                                   {"+15005550003", 21408},
                                                   {"+15005550004", 21610},
                                                   {"+15005550009", 21614}};
    const auto found = kCodes.find(to);
    if (found == kCodes.end()) return std::nullopt;
    return twilioError(400, found->second, "The number " + to + " cannot get this message");
}

Json twilioMessage(const std::string& sid, const std::string& status, const std::string& to, const std::string& from,
                   const std::string& body) {
    const std::string uri =
        std::string("/2010-04-01/Accounts/") + FakeAccount::kAccountSid + "/Messages/" + sid + ".json";
    return {{"sid", sid},
            {"account_sid", FakeAccount::kAccountSid},
            {"messaging_service_sid", nullptr},
            {"api_version", "2010-04-01"},
            {"body", body},
            {"date_created", "Mon, 16 Mar 2026 14:00:00 +0000"},
            {"date_sent", nullptr},
            {"date_updated", "Mon, 16 Mar 2026 14:00:00 +0000"},
            {"direction", "outbound-api"},
            {"error_code", nullptr},
            {"error_message", nullptr},
            {"from", from},
            {"num_media", "0"},
            {"num_segments", std::to_string(1 + body.size() / 153)},
            {"price", nullptr},
            {"price_unit", "USD"},
            {"status", status},
            {"subresource_uris", {{"media", uri}}},
            {"to", to},
            {"uri", uri}};
}

/// Of a list that is empty.
Json twilioPage() {
    const std::string uri =
        std::string("/2010-04-01/Accounts/") + FakeAccount::kAccountSid + "/Messages.json?PageSize=1";
    return {{"first_page_uri", uri},
            {"next_page_uri", nullptr},
            {"previous_page_uri", nullptr},
            {"uri", uri},
            {"page", 0},
            {"page_size", 1},
            {"start", 0},
            {"end", 0},
            {"messages", Json::array()}};
}

bool twilioKnows(const std::string& authorization) {
    const auto basic = [](const char* user, const char* password) {
        return "Basic " + web::base64(std::string(user) + ":" + password);
    };
    return authorization == basic(FakeAccount::kApiKey, FakeAccount::kApiSecret) ||
           authorization == basic(FakeAccount::kAccountSid, FakeAccount::kAuthToken);
}

std::string deliveryIdOf(const std::string& callback) {
    const auto question = callback.find('?');
    if (question == std::string::npos) return "";
    return std::string(web::field(web::readForm(std::string_view(callback).substr(question + 1)), "delivery_id"));
}

Answer createTwilioMessage(const Head& head, const std::string& body, ProviderMemory& memory) {
    if (!head.header("content-type").starts_with("application/x-www-form-urlencoded"))
        return twilioError(400, 21603, "A 'From' phone number is required.");
    const auto form = web::readForm(body);
    const std::string to(web::field(form, "To")), text(web::field(form, "Body")), from(web::field(form, "From"));
    if (to.empty()) return twilioError(400, 21604, "A 'To' phone number is required.");
    if (!to.starts_with('+')) return twilioError(400, 21211, "The 'To' number " + to + " is not a valid phone number.");
    if (const auto error = magicNumber(to)) return *error;
    if (from.empty() && web::field(form, "MessagingServiceSid").empty())
        return twilioError(400, 21603, "A 'From' phone number is required.");
    if (text.empty()) return twilioError(400, 21602, "Message body is required.");
    if (text.size() > 1600)
        return twilioError(400, 21617, "The concatenated message body exceeds the 1600 character limit.");
    const std::string validity(web::field(form, "ValidityPeriod"));
    if (!validity.empty() && (std::atoi(validity.c_str()) < 1 || std::atoi(validity.c_str()) > 36000))
        return twilioError(400, 30007, "ValidityPeriod is out of range");
    Json fields;
    for (const auto& [name, value] : form)
        fields[name] = value;
    const auto sid = memory.take({.provider = "twilio",
                                  .id = {},
                                  .deliveryId = deliveryIdOf(std::string(web::field(form, "StatusCallback"))),
                                  .to = to,
                                  .content = fields},
                                 "SM", 34);
    return {201, twilioMessage(sid, "queued", to, from, text)};
}

Answer twilio(const Head& head, const std::string& body, ProviderMemory& memory) {
    if (!twilioKnows(head.header("authorization"))) return twilioError(401, 20003, "Authenticate");
    const std::string account = std::string("/2010-04-01/Accounts/") + FakeAccount::kAccountSid;
    const std::string messages = account + "/Messages";
    if (!head.target.starts_with(messages)) return twilioError(404, 20404, "The requested resource was not found");
    if (head.target == messages + ".json" && head.method == "POST") return createTwilioMessage(head, body, memory);
    if (head.target.starts_with(messages + ".json?")) return {200, twilioPage()};
    const auto sid = head.target.substr(std::min(messages.size() + 1, head.target.size()), 34);
    const auto status = memory.status(sid);
    if (status.empty()) return twilioError(404, 20404, "The requested resource was not found");
    return {200, twilioMessage(sid, status, "+15550100123", "+15550100000", "")};
}

// ---- control --------------------------------------------------------------------------------------------------------

Kind kindOf(const std::string& name) {
    static const std::map<std::string, Kind> kKinds{{"accept", Kind::Accept},
                                                    {"answer", Kind::Answer},
                                                    {"hang_before_reading", Kind::HangBeforeReading},
                                                    {"hang_after_accepting", Kind::HangAfterAccepting},
                                                    {"reset_mid_body", Kind::ResetMidBody},
                                                    {"close_after_accepting", Kind::CloseAfterAccepting}};
    return kKinds.at(name);
}

Behaviour behaviourOf(const Json& wanted) {
    Behaviour behaviour;
    behaviour.kind = kindOf(wanted.value("do", "accept"));
    behaviour.status = wanted.value("status", 500);
    behaviour.code = wanted.value("code", 0);
    behaviour.field = wanted.value("field", "null");
    behaviour.retryAfter = wanted.value("retry_after", 0);
    behaviour.resetIn = wanted.value("reset_in", 0);
    behaviour.delay = std::chrono::milliseconds{wanted.value("delay_ms", 0)};
    behaviour.times = wanted.value("times", 0);
    return behaviour;
}

Json written(const Taken& message) {
    return {{"provider", message.provider},
            {"id", message.id},
            {"delivery_id", message.deliveryId},
            {"to", message.to},
            {"at_ms", std::chrono::floor<std::chrono::milliseconds>(message.at).time_since_epoch().count()},
            {"content", message.content}};
}

/// PUT /control/PROVIDER {"do": …}; GET /control/PROVIDER/summary and …/messages; PUT /control/status {"sid",
/// "status"}; POST /control/forget.
Answer control(const Head& head, const std::string& body, ProviderMemory& memory) {
    std::string what = head.target.substr(std::string("/control/").size());
    if (head.method == "POST" && what == "forget") {
        memory.forget();
        return {204};
    }
    const auto slash = what.find('/');
    const std::string view = slash == std::string::npos ? "" : what.substr(slash + 1);
    what.resize(std::min(slash, what.size()));
    if (head.method == "GET" && view == "summary") return {200, memory.summary(what == "all" ? "" : what)};
    if (head.method == "GET" && view == "messages") {
        Json list = Json::array();
        for (const auto& message : memory.taken(what == "all" ? "" : what))
            list.push_back(written(message));
        return {200, list};
    }
    const auto wanted = Json::parse(body, nullptr, false);
    if (head.method != "PUT" || !wanted.is_object()) return {400};
    if (what == "status")
        memory.setStatus(wanted.at("sid"), wanted.at("status"));
    else
        memory.behave(what, behaviourOf(wanted));
    return {204};
}

// ---- one request ----------------------------------------------------------------------------------------------------

Answer scripted(const std::string& provider, const Behaviour& behaviour) {
    auto answer = provider == "sendgrid" ? sendGridError(behaviour.status, "as told", behaviour.field)
                                         : twilioError(behaviour.status, behaviour.code, "as told");
    if (behaviour.retryAfter > 0) answer.headers["Retry-After"] = std::to_string(behaviour.retryAfter);
    if (behaviour.resetIn > 0)
        answer.headers["X-RateLimit-Reset"] = std::to_string(std::time(nullptr) + behaviour.resetIn);
    return answer;
}

/// False where the connection is over.
bool serveMessage(Connection& connection, const Head& head, ProviderMemory& memory) {
    const std::string provider = head.target.starts_with("/v3/") ? "sendgrid" : "twilio";
    const auto behaviour = head.method == "POST" ? memory.next(provider) : Behaviour{};
    std::this_thread::sleep_for(behaviour.delay);
    if (behaviour.kind == Kind::HangBeforeReading) {
        connection.hang();
        return false;
    }
    if (behaviour.kind == Kind::ResetMidBody) {
        connection.read(head.length / 2);
        connection.reset();
        return false;
    }
    const auto body = connection.read(head.length);
    if (!body) return false;
    if (behaviour.kind == Kind::Answer) return send(connection, scripted(provider, behaviour));
    const auto answer = provider == "sendgrid" ? sendGrid(head, *body, memory) : twilio(head, *body, memory);
    if (behaviour.kind == Kind::HangAfterAccepting) connection.hang();
    return behaviour.kind == Kind::Accept && send(connection, answer);
}

} // namespace

void serveHttp(Connection& connection, ProviderMemory& memory) {
    for (;;) {
        const auto text = connection.readUntil("\r\n\r\n");
        const auto head = text ? parsedHead(*text) : std::nullopt;
        if (!head) return;
        if (!head->target.starts_with("/control/")) {
            if (!serveMessage(connection, *head, memory)) return;
            continue;
        }
        const auto body = connection.read(head->length);
        if (!body || !send(connection, control(*head, *body, memory))) return;
    }
}

} // namespace rota::testing
