#include "support/fake_provider/fake_provider.hpp"

#include <rota/web.hpp>

#include <algorithm>
#include <thread>

namespace rota::testing {
namespace {

using Kind = Behaviour::Kind;

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
    const auto from = text.find(begin);
    if (from == std::string::npos) return "";
    const auto start = from + begin.size();
    return text.substr(start, text.find(end, start) - start);
}

/// One conversation. Errors that are scripted come as the answer to the command that `Behaviour::field` names: "MAIL",
/// "RCPT", "DATA", "." (the message's end); without a name to the message's end.
class SmtpSession {
public:
    SmtpSession(Connection& connection, ProviderMemory& memory, const std::optional<MailTls>& tls)
        : connection_(connection), memory_(memory), tls_(tls) {}

    void run() {
        if (tls_ && tls_->implicit && !secure()) return;
        if (memory_.coming("smtp").kind == Kind::HangBeforeReading) {
            memory_.next("smtp");
            connection_.hang();
            return;
        }
        if (!say("220 fake.example ESMTP")) return;
        for (auto line = connection_.readUntil("\r\n"); line; line = connection_.readUntil("\r\n"))
            if (!answer(*line)) return;
    }

private:
    bool say(const std::string& line) { return connection_.write(line + "\r\n"); }

    bool answer(const std::string& line) {
        std::string verb = line.substr(0, line.find_first_of(" :"));
        std::ranges::transform(verb, verb.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
        if (verb == "EHLO") return say("250-fake.example") && say("250-8BITMIME") && say("250 " + offer());
        if (verb == "STARTTLS" && tls_ && !secured_) return say("220 Go ahead") && secure();
        if (verb == "HELO") return say("250 fake.example");
        if ((verb == "AUTH" || verb == "MAIL") && tls_ && !secured_)
            return say("530 5.7.0 Must issue a STARTTLS command first");
        if (verb == "AUTH") return authenticate(line);
        if (verb == "MAIL") return begin(line);
        if (verb == "RCPT") return recipient(line);
        if (verb == "DATA") return data();
        if (verb == "RSET" || verb == "NOOP") return say("250 OK");
        if (verb == "QUIT") return say("221 Bye") && false;
        return say("502 5.5.1 Command not implemented");
    }

    bool secure() { return secured_ = connection_.startTls(tls_->identity); }
    std::string offer() const { return tls_ && !secured_ ? "STARTTLS" : "AUTH PLAIN LOGIN"; }

    bool authenticate(const std::string& line) {
        std::string given = line.size() > 11 ? line.substr(11) : "";
        if (given.empty()) {
            if (!say("334 ")) return false;
            given = connection_.readUntil("\r\n").value_or("");
        }
        using namespace std::string_literals;
        const std::string right = "\0"s + FakeAccount::kMailUser + "\0"s + FakeAccount::kMailPassword;
        const bool known = web::fromBase64(given) == right;
        return say(known ? "235 2.7.0 Accepted" : "535 5.7.8 Authentication credentials invalid");
    }

    bool begin(const std::string& line) {
        behaviour_ = memory_.next("smtp");
        std::this_thread::sleep_for(behaviour_.delay);
        from_ = between(line, "<", ">");
        return scripted("MAIL") ? say(error()) : say("250 2.1.0 OK");
    }

    bool recipient(const std::string& line) {
        to_ = between(line, "<", ">");
        return scripted("RCPT") ? say(error()) : say("250 2.1.5 OK");
    }

    bool data() {
        if (scripted("DATA")) return say(error());
        if (!say("354 Go ahead")) return false;
        if (behaviour_.kind == Kind::ResetMidBody) {
            connection_.read(64);
            connection_.reset();
            return false;
        }
        const auto text = connection_.readUntil("\r\n.\r\n");
        if (!text) return false;
        if (scripted(".") || scripted("")) return say(error());
        take(*text);
        if (behaviour_.kind == Kind::HangAfterAccepting) connection_.hang();
        return behaviour_.kind == Kind::Accept && say("250 2.0.0 OK: queued");
    }

    void take(const std::string& text) {
        const std::string id = between(text, "Message-ID: <", ">");
        memory_.take({.provider = "smtp",
                      .id = {},
                      .deliveryId = id.substr(0, id.find('@')),
                      .to = to_,
                      .content = {{"from", from_}, {"data", text}, {"tls", secured_}}},
                     "Q", 10);
    }

    bool scripted(const std::string& command) const {
        const std::string field = behaviour_.field == "null" ? "" : behaviour_.field;
        return behaviour_.kind == Kind::Answer && field == command;
    }
    std::string error() const { return std::to_string(behaviour_.status) + " as told"; }

    Connection& connection_;
    ProviderMemory& memory_;
    const std::optional<MailTls>& tls_;
    bool secured_ = false;
    Behaviour behaviour_;
    std::string from_;
    std::string to_;
};

} // namespace

void serveSmtp(Connection& connection, ProviderMemory& memory, const std::optional<MailTls>& tls) {
    SmtpSession(connection, memory, tls).run();
}

} // namespace rota::testing
