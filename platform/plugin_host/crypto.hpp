#pragma once

#include <rota/crypto.h>

namespace rota::plugin_host {

/// rota.host.crypto/1, on OpenSSL's libcrypto. The same for every instance.
const rota_host_crypto_v1& cryptoExtension();

} // namespace rota::plugin_host
