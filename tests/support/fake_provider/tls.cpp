#include "support/fake_provider/tls.hpp"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <signal.h>

#include <stdexcept>

namespace rota::testing {
namespace {

template <class T>
using Owned = std::unique_ptr<T, void (*)(T*)>;
using Key = Owned<EVP_PKEY>;
using Certificate = Owned<X509>;

constexpr long kDay = 86'400;

void expect(bool done, const char* what) {
    if (!done) throw std::runtime_error(std::string("OpenSSL does not ") + what);
}

Owned<BIO> reading(const std::string& pem) {
    return {BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free_all};
}

Key keyOf(const std::string& pem) {
    Key key(PEM_read_bio_PrivateKey(reading(pem).get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
    expect(key != nullptr, "read a key");
    return key;
}

Certificate certificateOf(const std::string& pem) {
    Certificate certificate(PEM_read_bio_X509(reading(pem).get(), nullptr, nullptr, nullptr), &X509_free);
    expect(certificate != nullptr, "read a certificate");
    return certificate;
}

std::string written(const Owned<BIO>& bio) {
    char* data = nullptr;
    const auto length = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(length)};
}

Identity pem(X509* certificate, EVP_PKEY* key) {
    const Owned<BIO> first(BIO_new(BIO_s_mem()), &BIO_free_all), second(BIO_new(BIO_s_mem()), &BIO_free_all);
    expect(PEM_write_bio_X509(first.get(), certificate) == 1, "write a certificate");
    expect(PEM_write_bio_PrivateKey(second.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1, "write a key");
    return {written(first), written(second)};
}

/// With one extension; `issuer` none: it vouches for itself.
Identity made(const std::string& name, int extension, const std::string& value, const Identity* issuer) {
    static long serial = 0;
    const Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    const Certificate certificate(X509_new(), &X509_free);
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDay);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kDay);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);

    const Certificate above = issuer ? certificateOf(issuer->certificate) : Certificate(nullptr, &X509_free);
    const Key signer = issuer ? keyOf(issuer->key) : Key(nullptr, &EVP_PKEY_free);
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(above ? above.get() : certificate.get()));
    X509V3_CTX context;
    X509V3_set_ctx(&context, above ? above.get() : certificate.get(), certificate.get(), nullptr, nullptr, 0);
    const Owned<X509_EXTENSION> added(X509V3_EXT_conf_nid(nullptr, &context, extension, value.c_str()),
                                      &X509_EXTENSION_free);
    expect(added && X509_add_ext(certificate.get(), added.get(), -1) == 1, "add an extension");
    expect(X509_sign(certificate.get(), signer ? signer.get() : key.get(), EVP_sha256()) > 0, "sign");
    return pem(certificate.get(), key.get());
}

/// OpenSSL writes as write(2) does: to a client that went away, it would end the whole test.
void ignoreBrokenPipes() {
    sigset_t pipes;
    sigemptyset(&pipes);
    sigaddset(&pipes, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipes, nullptr);
}

} // namespace

TestAuthority::TestAuthority(const std::string& name)
    : own_(made(name, NID_basic_constraints, "critical,CA:TRUE", nullptr)) {}

Identity TestAuthority::issue(const std::string& host) const {
    return made(host, NID_subject_alt_name, "DNS:" + host, &own_);
}

TlsSession acceptTls(int socket, const Identity& identity) {
    ignoreBrokenPipes();
    const Owned<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
    expect(context && SSL_CTX_use_certificate(context.get(), certificateOf(identity.certificate).get()) == 1 &&
               SSL_CTX_use_PrivateKey(context.get(), keyOf(identity.key).get()) == 1,
           "take the identity");
    TlsSession session(SSL_new(context.get()), &SSL_free);
    if (SSL_set_fd(session.get(), socket) != 1 || SSL_accept(session.get()) != 1) session.reset();
    return session;
}

} // namespace rota::testing
