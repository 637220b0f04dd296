#pragma once

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rota::ctl::conform {

/// One scripted answer to a request that the plugin makes.
struct HttpAnswer {
    int status = 200;
    std::map<std::string, std::string> headers;
    std::string body;
    /// Instead of an answer: "not sent" (ROTA_UNAVAILABLE), "reset" (ROTA_UNKNOWN_OUTCOME) or "hangs" (the same, after
    /// the request's whole time).
    std::string failure = "";
};

/// What a message is made of.
struct MessageText {
    std::string medium = "sms";
    std::string to = "+12125550101";
    std::string toName = "Conformance Test";
    std::string subject = "Appointment Reminder";
    std::string text = "See you tomorrow at nine, says the conformance test";
    std::string html = "<p>See you tomorrow at nine, says the conformance test</p>";
};

/// A message, the provider's answers, and what must come of them.
struct Exchange {
    std::string name;
    MessageText message;
    std::vector<HttpAnswer> answers;
    nlohmann::json expected; ///< status, provider_id, provider_code, config_pointer, retry_after_ms, requests
};

/// What the integrator knows of a plugin that nobody else can: docs/plugins.md has the format.
struct Fixtures {
    std::map<std::string, std::string> config;
    std::map<std::string, std::string> secrets; ///< by reference; others get a made-up value
    std::vector<std::pair<std::map<std::string, std::string>, std::string>> refusedConfigs; ///< and the key at fault
    MessageText message;
    HttpAnswer tooManyRequests{429, {{"Retry-After", "7"}}, "{}"};
    HttpAnswer unauthorized{401, {}, "{}"};
    std::vector<Exchange> exchanges;
};

/// `message` is what it sends where the fixtures say nothing else. Throws std::invalid_argument or nlohmann's
/// exception, which say what is wrong.
Fixtures readFixtures(const nlohmann::json& object, const MessageText& message);

/// A flat JSON object, as texts: {"port": 25} gives "25". Throws std::invalid_argument.
std::map<std::string, std::string> flatTexts(const nlohmann::json& object);

} // namespace rota::ctl::conform
