#include <rota/plugin.hpp>
#include <rota/web.hpp>

#include <string>
#include <string_view>

namespace {

using rota::web::quoted;

/// Posts every message as JSON to one address.
class MyPlugin final : public rota::Channel {
public:
    static constexpr rota::About about{.id = "my-plugin",
                                       .name = "MyPlugin",
                                       .version = "0.1.0",
                                       .flags = ROTA_FLAG_EMAIL | ROTA_FLAG_SMS | ROTA_FLAG_REENTRANT,
                                       .dataNeeds = ROTA_DATA_ADDRESS | ROTA_DATA_CONTENT,
                                       .configSchema = R"({"type": "object", "required": ["url"], "properties": {
            "url": {"type": "string", "pattern": "^https?://[^ ]+$", "title": "where messages are posted"},
            "token": {"type": "string", "secret": true, "title": "goes along as Authorization: Bearer"}}})"};

    void configure(const rota::Config& config) override {
        url_ = config.text("url");
        token_ = config.text("token", "");
    }

    rota::Receipt send(const rota::Call& call, const rota::Message& message) override {
        if (host().now() >= message.notAfter) throw rota::Failure(ROTA_PERMANENT, "too late to be sent");
        rota::HttpRequest request{.method = "POST", .url = url_, .headers = {}, .body = json(message)};
        request.headers.emplace_back("Content-Type", "application/json");
        request.headers.emplace_back("Idempotency-Key", message.idempotencyKey);
        if (!token_.empty()) request.headers.emplace_back("Authorization", "Bearer " + host().secret(token_));

        // Where there is no answer, this throws what the host knows: not sent, or nobody can tell.
        const auto answer = host().http(call, request);
        if (answer.status < 200 || answer.status > 299) refuse(answer);
        return {.providerId = std::string(message.deliveryId)};
    }

private:
    static std::string json(const rota::Message& message) {
        return "{\"id\": " + quoted(message.deliveryId) + ", \"to\": " + quoted(message.to) +
               ", \"subject\": " + quoted(message.subject) + ", \"text\": " + quoted(message.text) + "}";
    }

    /// The status decides what Rota does with the message; its text is for the operator, and tells of no patient.
    [[noreturn]] static void refuse(const rota::HttpResponse& answer) {
        const std::string what = "the gateway answered " + std::to_string(answer.status);
        switch (answer.status) {
        case 401:
        case 403: throw rota::Failure(ROTA_AUTH, what).key("token");
        case 404:
        case 405: throw rota::Failure(ROTA_CONFIG, what).key("url");
        case 429: throw rota::Failure(ROTA_RATE_LIMITED, what).retryAfter(answer.retryAfter);
        case 503: throw rota::Failure(ROTA_UNAVAILABLE, what).retryAfter(answer.retryAfter);
        default: break;
        }
        if (answer.status >= 400 && answer.status < 500) throw rota::Failure(ROTA_REJECTED, what);
        throw rota::Failure(ROTA_UNKNOWN_OUTCOME, what + ", and may have taken the message");
    }

    std::string url_;
    std::string token_; ///< a reference, such as ${env:TOKEN}
};

} // namespace

ROTA_PLUGIN(MyPlugin);
