#include "openapi.hpp"

#include "http/conditional.hpp"
#include "http/handlers/handlers.hpp"
#include "http/yaml.hpp"

namespace rota::http {

/// The document that the server was built with, so that it never tells of another version. It is written in YAML, for
/// people, and translated once at the start; a document that does not parse is found there.
void addOpenApi(Router& router) {
    const auto document = json(200, yamlToJson(std::string{openapi::kFiles.front().text}));
    router.add("GET", "/api/openapi.json", conditional([document](const Request&) { return document; }));
}

} // namespace rota::http
