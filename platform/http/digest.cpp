#include "http/digest.hpp"

#include <openssl/sha.h>
#include <Poco/DigestEngine.h>

namespace rota::http {

std::string digest(std::initializer_list<std::string_view> parts) {
    std::string whole;
    for (const auto part : parts)
        whole.append(std::to_string(part.size())).append(":").append(part);
    Poco::DigestEngine::Digest sum(SHA256_DIGEST_LENGTH);
    ::SHA256(reinterpret_cast<const unsigned char*>(whole.data()), whole.size(), sum.data());
    return Poco::DigestEngine::digestToHex(sum);
}

} // namespace rota::http
