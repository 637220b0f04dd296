#pragma once

#include "support/fake_provider/connection.hpp"
#include "support/fake_provider/provider_memory.hpp"

#include <mutex>
#include <optional>
#include <string>

namespace rota::testing {

/// What the fakes take as right.
struct FakeAccount {
    static constexpr const char* kSendGridKey = "SG.fake-key";
    static constexpr const char* kAccountSid = "AC00000000000000000000000000000001";
    static constexpr const char* kApiKey = "SK00000000000000000000000000000002";
    static constexpr const char* kApiSecret = "fake-secret";
    static constexpr const char* kAuthToken = "fake-token";
    static constexpr const char* kMailUser = "rota";
    static constexpr const char* kMailPassword = "fake-password";
};

struct MailTls {
    Identity identity;
    bool implicit = false;
};

/// SendGrid's mail/send, Twilio's Messages and an SMTP server, as far as messages are sent to them: they check what
/// they get as the providers do, and remember what they took. All of it is told and asked over HTTP, too, below
/// /control. [thread-safe]
class FakeProvider {
public:
    /// Ports 0: any free ones.
    explicit FakeProvider(int httpPort = 0, int smtpPort = 0);

    int httpPort() const { return http_.port(); }
    int smtpPort() const { return smtp_.port(); }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(httpPort()); }
    ProviderMemory& memory() { return memory_; }

    /// From the next conversation on, the SMTP server has TLS: by STARTTLS, and nobody logs in without it; or,
    /// implicit, from the first byte on.
    void secureMail(MailTls tls);

private:
    std::optional<MailTls> mailTls() const;

    ProviderMemory memory_;
    mutable std::mutex mutex_; ///< of what follows
    std::optional<MailTls> mailTls_;
    Listener http_;
    Listener smtp_;
};

/// One connection to the fakes of either protocol.
void serveHttp(Connection& connection, ProviderMemory& memory);
void serveSmtp(Connection& connection, ProviderMemory& memory, const std::optional<MailTls>& tls);

} // namespace rota::testing
