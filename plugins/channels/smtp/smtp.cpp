#include <rota/mail.hpp>
#include <rota/plugin.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace {

constexpr const char* kSchema = R"({"type": "object", "required": ["host", "from"], "properties": {
    "host": {"type": "string", "pattern": "^[A-Za-z0-9.:-]+$", "title": "the mail server: mail.clinic.example"},
    "port": {"type": "integer", "minimum": 1, "maximum": 65535,
        "title": "587, or 465 where tls is implicit, if it is not set"},
    "tls": {"type": "string", "enum": ["starttls", "implicit", "opportunistic", "none"], "default": "starttls"},
    "user": {"type": "string"},
    "password": {"type": "string", "secret": true},
    "ca_file": {"type": "string", "pattern": "^/", "title": "certificates to trust instead of the system's"},
    "connect_timeout_ms": {"type": "integer", "default": 5000, "minimum": 100, "maximum": 60000},
    "from": {"type": "string", "pattern": "^[^@ <>]+@[^@ <>]+$"},
    "from_name": {"type": "string", "title": "what mail programs show as the sender"},
    "reply_to": {"type": "string", "pattern": "^[^@ <>]+@[^@ <>]+$"}}})";

rota::MailTls tlsOf(const std::string& name) {
    if (name == "implicit") return rota::MailTls::Implicit;
    if (name == "opportunistic") return rota::MailTls::Opportunistic;
    return name == "none" ? rota::MailTls::None : rota::MailTls::StartTls;
}

/// Email through any SMTP server.
class Smtp final : public rota::Channel {
public:
    static constexpr rota::About about{.id = "smtp",
                                       .name = "SMTP",
                                       .vendor = "Rota",
                                       .license = "Apache-2.0",
                                       .flags = ROTA_FLAG_REENTRANT | ROTA_FLAG_EMAIL,
                                       .dataNeeds = ROTA_DATA_ADDRESS | ROTA_DATA_NAME | ROTA_DATA_CONTENT,
                                       .configSchema = kSchema};

    void configure(const rota::Config& config) override {
        config_ = config;
        server_.host = config.text("host");
        server_.tls = tlsOf(config.text("tls"));
        const bool implicit = server_.tls == rota::MailTls::Implicit;
        server_.port = static_cast<std::uint32_t>(config.integer("port", implicit ? 465 : 587));
        server_.connectTimeout = std::chrono::milliseconds{config.integer("connect_timeout_ms")};
        server_.user = config.text("user", "");
        server_.caFile = config.text("ca_file", "");
        if (config.has("user") != config.has("password"))
            throw rota::Failure(ROTA_CONFIG, "user and password belong together")
                .key(config.has("user") ? "password" : "user");
        const bool encrypted = implicit || server_.tls == rota::MailTls::StartTls;
        const bool here = server_.host == "localhost" || server_.host.starts_with("127.") || server_.host == "::1";
        if (config.has("password") && !encrypted && !here)
            throw rota::Failure(ROTA_CONFIG, "must be starttls or implicit, or the password could be read on its way")
                .key("tls");
    }

    void checkRecipient(std::string_view to) override {
        const auto at = to.find('@');
        if (at == 0 || at == std::string_view::npos || at + 1 == to.size())
            throw rota::Failure(ROTA_BAD_RECIPIENT, "that is no email address");
    }

    rota::Receipt send(const rota::Call& call, const rota::Message& message) override {
        checkRecipient(message.to);
        if (host().now() >= message.notAfter) throw rota::Failure(ROTA_PERMANENT, "too late to be sent");
        const std::string from = config_.text("from");
        const std::string fromName = config_.text("from_name", "");
        const std::string replyTo = config_.text("reply_to", "");
        // The same at every attempt: a mail program shows two copies of one message as one.
        const std::string id = std::string(message.deliveryId) + from.substr(from.find('@'));
        rota::Mailer(host()).send(call, server(),
                                  {.messageId = id,
                                   .date = host().now(),
                                   .from = from,
                                   .fromName = fromName,
                                   .replyTo = replyTo,
                                   .to = message.to,
                                   .toName = message.toName,
                                   .subject = message.subject,
                                   .text = message.text,
                                   .html = message.html,
                                   .attachments = message.attachments});
        return {.providerId = id};
    }

    void health(const rota::Call& call) override { rota::Mailer(host()).check(call, server()); }

private:
    rota::MailServer server() const {
        auto server = server_;
        if (config_.has("password")) server.password = host().secret(config_.text("password"));
        return server;
    }

    rota::Config config_;
    rota::MailServer server_;
};

} // namespace

ROTA_PLUGIN(Smtp);
