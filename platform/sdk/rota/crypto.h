/*
 * rota/crypto.h: rota.host.crypto/1, an extension of the host (rota_host.get_extension) for plugins that check a
 * provider's signature. Plugins carry no cryptography of their own, so that there is one library to keep up to date.
 *
 * LAYOUT, GROWTH and OWNERSHIP are as in rota/plugin.h. All functions are [thread-safe], take the instance's rota_host
 * first, and do no IO.
 */
#ifndef ROTA_CRYPTO_H
#define ROTA_CRYPTO_H

#include <rota/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ROTA_HOST_CRYPTO_V1 "rota.host.crypto/1"

typedef struct rota_host_crypto_v1 {
    uint32_t struct_size;
    uint32_t reserved;

    /* HMAC of RFC 2104; digest[] takes 20 or 32 bytes. ROTA_OK, or ROTA_INTERNAL where the library fails. */
    rota_status (*hmac_sha1)(const rota_host*, rota_str key, rota_str message, uint8_t digest[20]);
    rota_status (*hmac_sha256)(const rota_host*, rota_str key, rota_str message, uint8_t digest[32]);

    /*
     * ECDSA over P-256 with SHA-256. `public_key`: a SubjectPublicKeyInfo, `signature`: an ECDSA-Sig-Value, both in
     * DER. ROTA_OK: the signature is right. ROTA_AUTH: it is not. ROTA_CONFIG: that is no P-256 key.
     */
    rota_status (*ecdsa_p256_verify)(const rota_host*, rota_str public_key, rota_str message, rota_str signature);

    /* 1 where both are the same bytes, else 0. Takes as long wherever they differ, so that nobody can guess a
     * signature byte by byte. */
    int32_t (*equal)(const rota_host*, rota_str a, rota_str b);
} rota_host_crypto_v1;

#ifdef __cplusplus
}
#endif

#endif /* ROTA_CRYPTO_H */
