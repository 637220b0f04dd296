#include "plugin_host/secrets.hpp"

#include "base/file_descriptor.hpp"

#include <fcntl.h>

#include <cstdlib>

namespace rota::plugin_host {
namespace {

/// Keys of services are under 8 kB, certificates with their chain too.
constexpr std::size_t kLargestSecret = 64 * 1024;

std::optional<std::string_view> between(std::string_view text, std::string_view prefix, std::string_view suffix) {
    if (text.size() <= prefix.size() + suffix.size() || !text.starts_with(prefix) || !text.ends_with(suffix))
        return std::nullopt;
    return text.substr(prefix.size(), text.size() - prefix.size() - suffix.size());
}

tl::expected<std::string, SecretFault> fromEnvironment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    if (value != nullptr && *value != '\0') return value;
    return tl::unexpected(SecretFault{"the environment variable " + name + " is not set",
                                      "set " + name + " where the server is started"});
}

tl::expected<std::string, SecretFault> fromFile(const std::string& path) {
    const base::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    std::string value(kLargestSecret, '\0');
    const auto length = file.valid() ? ::read(file.get(), value.data(), value.size()) : -1;
    value.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
    while (!value.empty() && (value.back() == '\n' || value.back() == '\r'))
        value.pop_back();
    if (!value.empty()) return value;
    return tl::unexpected(SecretFault{"the file " + path + (length < 0 ? " cannot be read" : " is empty"),
                                      "put the secret there, readable by the server's user"});
}

std::string textOf(const SecretReference& reference) {
    return (reference.source == SecretReference::Source::Environment ? "${env:" : "${file:") + reference.name + "}";
}

SecretSource& otherSource() {
    static SecretSource source;
    return source;
}

} // namespace

std::optional<SecretReference> parseSecretReference(std::string_view text) {
    if (const auto name = between(text, "${env:", "}"))
        return SecretReference{SecretReference::Source::Environment, std::string(*name)};
    if (const auto path = between(text, "${file:", "}"))
        return SecretReference{SecretReference::Source::File, std::string(*path)};
    return std::nullopt;
}

void takeSecretsFrom(SecretSource source) {
    otherSource() = std::move(source);
}

tl::expected<std::string, SecretFault> resolveSecret(const SecretReference& reference) {
    if (otherSource()) return otherSource()(textOf(reference));
    return reference.source == SecretReference::Source::Environment ? fromEnvironment(reference.name)
                                                                    : fromFile(reference.name);
}

} // namespace rota::plugin_host
