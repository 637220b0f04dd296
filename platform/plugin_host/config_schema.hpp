#pragma once

#include "plugin_host/settings.hpp"

#include <tl/expected.hpp>

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rota::plugin_host {

/// One thing that is wrong with a configuration.
struct ConfigFault {
    std::string_view code; ///< problem::…
    std::string key;
    std::string cause; ///< never holds the value: it could be a secret in the wrong place
    std::string remedy;
};

/// A configuration as its plugin gets it.
struct CheckedConfig {
    std::string json;                       ///< flat, defaults filled in, secrets as references
    std::set<std::string> secretReferences; ///< all that the plugin may ask for
    std::vector<std::string> urls;          ///< values that are http(s) URLs: the operator lets it call those hosts
    std::set<std::string> texts;            ///< values that are texts and no secrets
};

/// The subset of JSON Schema that plugin.h states.
class ConfigSchema {
public:
    /// The error says what is not in the subset.
    static tl::expected<ConfigSchema, std::string> parse(std::string_view json);

    /// Turns flat texts into JSON by the schema's types. All faults, not only the first.
    tl::expected<CheckedConfig, std::vector<ConfigFault>> check(const PluginConfig& config) const;

private:
    struct Properties;
    explicit ConfigSchema(std::shared_ptr<const Properties> properties) : properties_(std::move(properties)) {}

    std::shared_ptr<const Properties> properties_;
};

} // namespace rota::plugin_host
