#include "http/digest.hpp"

#include <Poco/DigestEngine.h>
#include <Poco/SHA2Engine.h>

namespace rota::http {

std::string digest(std::initializer_list<std::string_view> parts) {
    Poco::SHA2Engine engine{Poco::SHA2Engine::SHA_256};
    for (const auto part : parts) {
        engine.update(std::to_string(part.size()) + ":");
        engine.update(part.data(), part.size());
    }
    return Poco::DigestEngine::digestToHex(engine.digest());
}

} // namespace rota::http
