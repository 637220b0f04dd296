#include "support/fake_provider/signatures.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <map>
#include <set>

namespace rota::testing {

std::string twilioSignature(const std::string& token, const std::string& url, const web::Form& form) {
    std::map<std::string, std::set<std::string>> sorted;
    for (const auto& [name, value] : form)
        sorted[name].insert(value);
    std::string text = url;
    for (const auto& [name, values] : sorted)
        for (const auto& value : values)
            text += name + value;
    unsigned char digest[20] = {};
    ::HMAC(::EVP_sha1(), token.data(), static_cast<int>(token.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, nullptr);
    return web::base64({reinterpret_cast<const char*>(digest), sizeof digest});
}

} // namespace rota::testing
