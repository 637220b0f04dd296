#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace rota::testing {

/// By what a server proves who it is: a certificate and its key, in PEM.
struct Identity {
    std::string certificate;
    std::string key;
};

/// A certificate authority that only its test knows, and trusts.
class TestAuthority {
public:
    explicit TestAuthority(const std::string& name = "Test authority");

    /// In PEM, for whoever is to trust it.
    const std::string& certificate() const { return own_.certificate; }
    /// Of the server with that name, for a day.
    Identity issue(const std::string& host) const;

private:
    Identity own_;
};

using TlsSession = std::unique_ptr<SSL, void (*)(SSL*)>;

/// The server's side of TLS over a connected socket; none where the client does not agree, such as to the certificate.
TlsSession acceptTls(int socket, const Identity& identity);

} // namespace rota::testing
