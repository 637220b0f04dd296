#include "ctl/conform/fixtures.hpp"

#include <algorithm>
#include <stdexcept>

namespace rota::ctl::conform {
namespace {

using nlohmann::json;

void onlyKeys(const json& object, const std::string& where, const std::vector<std::string>& known) {
    if (!object.is_object()) throw std::invalid_argument(where + " must be an object");
    for (const auto& [key, value] : object.items())
        if (std::ranges::find(known, key) == known.end())
            throw std::invalid_argument(where + " has the unknown key '" + key + "'");
}

MessageText readMessage(const json& object, MessageText message) {
    onlyKeys(object, "a message", {"medium", "to", "to_name", "subject", "text", "html"});
    message.medium = object.value("medium", message.medium);
    message.to = object.value("to", message.to);
    message.toName = object.value("to_name", message.toName);
    message.subject = object.value("subject", message.subject);
    message.text = object.value("text", message.text);
    message.html = object.value("html", message.html);
    return message;
}

HttpAnswer readAnswer(const json& object) {
    onlyKeys(object, "an answer", {"status", "headers", "body", "failure"});
    HttpAnswer answer;
    answer.status = object.value("status", 200);
    answer.headers = object.value("headers", answer.headers);
    const auto body = object.value("body", json(""));
    answer.body = body.is_string() ? body.get<std::string>() : body.dump();
    answer.failure = object.value("failure", "");
    const std::vector<std::string> failures{"", "not sent", "reset", "hangs"};
    if (std::ranges::find(failures, answer.failure) == failures.end())
        throw std::invalid_argument("an answer's failure is 'not sent', 'reset' or 'hangs'");
    return answer;
}

Exchange readExchange(const json& object, const MessageText& message) {
    onlyKeys(object, "an exchange", {"name", "message", "answers", "expect"});
    Exchange exchange{object.at("name"), readMessage(object.value("message", json::object()), message), {}, {}};
    for (const auto& answer : object.value("answers", json::array()))
        exchange.answers.push_back(readAnswer(answer));
    exchange.expected = object.at("expect");
    onlyKeys(exchange.expected, "expect",
             {"status", "provider_id", "provider_code", "config_pointer", "retry_after_ms", "requests"});
    for (const auto& request : exchange.expected.value("requests", json::array()))
        onlyKeys(request, "a request", {"method", "url", "headers", "body", "body_contains"});
    return exchange;
}

} // namespace

std::map<std::string, std::string> flatTexts(const json& object) {
    if (!object.is_object()) throw std::invalid_argument("a configuration is one flat JSON object");
    std::map<std::string, std::string> texts;
    for (const auto& [key, value] : object.items()) {
        if (value.is_structured()) throw std::invalid_argument("a configuration is flat, but '" + key + "' is not");
        texts[key] = value.is_string() ? value.get<std::string>() : value.dump();
    }
    return texts;
}

Fixtures readFixtures(const json& object, const MessageText& message) {
    onlyKeys(object, "the fixtures",
             {"config", "secrets", "refused_configs", "message", "too_many_requests", "unauthorized", "exchanges"});
    Fixtures fixtures;
    fixtures.config = flatTexts(object.value("config", json::object()));
    fixtures.secrets = object.value("secrets", fixtures.secrets);
    for (const auto& refused : object.value("refused_configs", json::array())) {
        onlyKeys(refused, "a refused configuration", {"config", "key"});
        fixtures.refusedConfigs.emplace_back(flatTexts(refused.at("config")), refused.at("key"));
    }
    fixtures.message = readMessage(object.value("message", json::object()), message);
    if (object.contains("too_many_requests")) fixtures.tooManyRequests = readAnswer(object["too_many_requests"]);
    if (object.contains("unauthorized")) fixtures.unauthorized = readAnswer(object["unauthorized"]);
    for (const auto& exchange : object.value("exchanges", json::array()))
        fixtures.exchanges.push_back(readExchange(exchange, fixtures.message));
    return fixtures;
}

} // namespace rota::ctl::conform
