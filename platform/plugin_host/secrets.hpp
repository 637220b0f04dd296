#pragma once

#include <tl/expected.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace rota::plugin_host {

/// `${env:NAME}` or `${file:PATH}`, in a configuration in a secret's place.
struct SecretReference {
    enum class Source { Environment, File };
    Source source;
    std::string name; ///< of the variable, or the file's absolute path
};
std::optional<SecretReference> parseSecretReference(std::string_view text);

/// The value as it is now, without a line's end at its end; or why there is none, without the value.
struct SecretFault {
    std::string cause;
    std::string remedy;
};
tl::expected<std::string, SecretFault> resolveSecret(const SecretReference& reference);

/// In a process that has no secrets of its own: from now on they all come from there, by the reference's text. Call
/// once, before threads start.
using SecretSource = std::function<tl::expected<std::string, SecretFault>(const std::string& reference)>;
void takeSecretsFrom(SecretSource source);

} // namespace rota::plugin_host
