#include "support/fake_provider/fake_provider.hpp"

namespace rota::testing {

FakeProvider::FakeProvider(int httpPort, int smtpPort)
    : http_(httpPort, [this](Connection& connection) { serveHttp(connection, memory_); }),
      smtp_(smtpPort, [this](Connection& connection) { serveSmtp(connection, memory_, mailTls()); }) {}

void FakeProvider::secureMail(MailTls tls) {
    const std::scoped_lock lock(mutex_);
    mailTls_ = std::move(tls);
}

std::optional<MailTls> FakeProvider::mailTls() const {
    const std::scoped_lock lock(mutex_);
    return mailTls_;
}

} // namespace rota::testing
