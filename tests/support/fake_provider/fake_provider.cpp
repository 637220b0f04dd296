#include "support/fake_provider/fake_provider.hpp"

namespace rota::testing {

FakeProvider::FakeProvider(int httpPort, int smtpPort)
    : http_(httpPort, [this](Connection& connection) { serveHttp(connection, memory_); }),
      smtp_(smtpPort, [this](Connection& connection) { serveSmtp(connection, memory_); }) {}

} // namespace rota::testing
