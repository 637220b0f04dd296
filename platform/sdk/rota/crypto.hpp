#pragma once

/// rota/crypto.h in C++.

#include <rota/crypto.h>
#include <rota/plugin.hpp>

#include <string>
#include <string_view>

namespace rota {

/// The host's cryptography. [thread-safe]
class Crypto {
public:
    /// Throws ROTA_UNSUPPORTED where this host has none.
    explicit Crypto(const Host& host)
        : host_(host.raw()), table_(static_cast<const rota_host_crypto_v1*>(host.extension(ROTA_HOST_CRYPTO_V1))) {
        if (table_ == nullptr) throw Failure(ROTA_UNSUPPORTED, "this server has no rota.host.crypto/1");
    }

    /// 20 bytes.
    std::string hmacSha1(std::string_view key, std::string_view message) const {
        return hmac<20>(table_->hmac_sha1, key, message);
    }
    /// 32 bytes.
    std::string hmacSha256(std::string_view key, std::string_view message) const {
        return hmac<32>(table_->hmac_sha256, key, message);
    }
    /// ROTA_OK, ROTA_AUTH or ROTA_CONFIG.
    rota_status verifyP256(std::string_view publicKey, std::string_view message, std::string_view signature) const {
        return table_->ecdsa_p256_verify(host_, sdk::borrowed(publicKey), sdk::borrowed(message),
                                         sdk::borrowed(signature));
    }
    bool equal(std::string_view a, std::string_view b) const {
        return table_->equal(host_, sdk::borrowed(a), sdk::borrowed(b)) != 0;
    }

private:
    template <std::size_t N, class Function>
    std::string hmac(Function function, std::string_view key, std::string_view message) const {
        std::uint8_t digest[N] = {};
        const rota_status status = function(host_, sdk::borrowed(key), sdk::borrowed(message), digest);
        if (status != ROTA_OK) throw Failure(status, "the signature cannot be computed");
        return {reinterpret_cast<const char*>(digest), N};
    }

    const rota_host* host_;
    const rota_host_crypto_v1* table_;
};

} // namespace rota
