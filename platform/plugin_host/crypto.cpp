#include "plugin_host/crypto.hpp"

#include "plugin_host/abi.hpp"

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

namespace rota::plugin_host {
namespace {

const unsigned char* bytes(rota_str text) {
    return reinterpret_cast<const unsigned char*>(text.len == 0 ? "" : text.ptr);
}

rota_status hmac(const EVP_MD* algorithm, rota_str key, rota_str message, std::uint8_t* digest) noexcept {
    unsigned length = 0;
    const auto* const done =
        ::HMAC(algorithm, bytes(key), static_cast<int>(key.len), bytes(message), message.len, digest, &length);
    ::ERR_clear_error();
    return done == nullptr ? ROTA_INTERNAL : ROTA_OK;
}

rota_status hmacSha1(const rota_host*, rota_str key, rota_str message, std::uint8_t digest[20]) noexcept {
    return hmac(::EVP_sha1(), key, message, digest);
}

rota_status hmacSha256(const rota_host*, rota_str key, rota_str message, std::uint8_t digest[32]) noexcept {
    return hmac(::EVP_sha256(), key, message, digest);
}

using Key = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;

/// Null where it is no P-256 key.
Key p256Key(rota_str der) {
    const auto* at = bytes(der);
    Key key(::d2i_PUBKEY(nullptr, &at, static_cast<long>(der.len)), &::EVP_PKEY_free);
    std::array<char, 32> group{};
    const bool right = key && ::EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_EC &&
                       ::EVP_PKEY_get_group_name(key.get(), group.data(), group.size(), nullptr) == 1 &&
                       std::string_view(group.data()) == "prime256v1";
    if (!right) key.reset();
    return key;
}

rota_status verifyP256(const rota_host*, rota_str publicKey, rota_str message, rota_str signature) noexcept {
    const Key key = p256Key(publicKey);
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(::EVP_MD_CTX_new(), &::EVP_MD_CTX_free);
    const bool right =
        key && context && ::EVP_DigestVerifyInit(context.get(), nullptr, ::EVP_sha256(), nullptr, key.get()) == 1 &&
        ::EVP_DigestVerify(context.get(), bytes(signature), signature.len, bytes(message), message.len) == 1;
    ::ERR_clear_error();
    if (!key) return ROTA_CONFIG;
    return right ? ROTA_OK : ROTA_AUTH;
}

std::int32_t equal(const rota_host*, rota_str a, rota_str b) noexcept {
    return a.len == b.len && ::CRYPTO_memcmp(bytes(a), bytes(b), a.len) == 0 ? 1 : 0;
}

} // namespace

const rota_host_crypto_v1& cryptoExtension() {
    static constexpr rota_host_crypto_v1 kTable{
        sizeof(rota_host_crypto_v1), 0, &hmacSha1, &hmacSha256, &verifyP256, &equal};
    return kTable;
}

} // namespace rota::plugin_host
