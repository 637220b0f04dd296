#include "plugin_host/config_schema.hpp"

#include "base/text.hpp"
#include "plugin_host/problem.hpp"
#include "plugin_host/secrets.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <regex>

namespace rota::plugin_host {
namespace {

using Json = nlohmann::json;

/// A value longer than this is a file in the wrong place; matching a pattern against it could take for ever.
constexpr std::size_t kLongestValue = 4096;

struct Property {
    std::string type;
    Json allowed; ///< `enum`: an array, or null
    std::optional<std::string> pattern;
    std::optional<double> minimum;
    std::optional<double> maximum;
    Json fallback; ///< `default`, or null
    bool secret = false;
    bool required = false;
};

/// Why a schema is refused; does not leave this file.
struct NotInSubset {
    std::string reason;
};

bool fits(const std::string& type, const Json& value) {
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "integer") return value.is_number_integer();
    return value.is_number();
}

bool isKey(std::string_view key) {
    return !key.empty() && std::all_of(key.begin(), key.end(),
                                       [](char c) { return (c >= 'a' && c <= 'z') || base::isDigit(c) || c == '_'; });
}

double numberOf(const Json& value, const std::string& where) {
    if (!value.is_number()) throw NotInSubset{where + " must be a number"};
    return value.get<double>();
}

void readKeyword(Property& property, const std::string& keyword, const Json& value) {
    if (keyword == "type" || keyword == "title" || keyword == "description") return;
    if (keyword == "enum") {
        if (!value.is_array() || value.empty()) throw NotInSubset{"enum must be a list"};
        property.allowed = value;
    } else if (keyword == "pattern" && property.type == "string" && value.is_string()) {
        property.pattern = value.get<std::string>();
        std::regex compiles(*property.pattern);
    } else if (keyword == "minimum") {
        property.minimum = numberOf(value, keyword);
    } else if (keyword == "maximum") {
        property.maximum = numberOf(value, keyword);
    } else if (keyword == "default") {
        if (!fits(property.type, value)) throw NotInSubset{"default is of another type"};
        property.fallback = value;
    } else if (keyword == "secret" && property.type == "string" && value.is_boolean()) {
        property.secret = value.get<bool>();
    } else {
        throw NotInSubset{"'" + keyword + "' is not supported there"};
    }
}

Property readProperty(const std::string& key, const Json& schema) {
    static const std::set<std::string> kTypes{"string", "integer", "number", "boolean"};
    if (!isKey(key)) throw NotInSubset{"'" + key + "' is no key (a-z, 0-9, _)"};
    if (!schema.is_object()) throw NotInSubset{"property '" + key + "' must be an object"};
    Property property;
    property.type = schema.value("type", Json()).is_string() ? schema["type"].get<std::string>() : "";
    if (!kTypes.contains(property.type))
        throw NotInSubset{"the type of '" + key + "' must be string, integer, number or boolean"};
    for (const auto& [keyword, value] : schema.items())
        readKeyword(property, keyword, value);
    return property;
}

std::map<std::string, Property> readProperties(const Json& schema) {
    if (!schema.is_object() || schema.value("type", Json()) != "object") throw NotInSubset{"its type must be object"};
    std::map<std::string, Property> properties;
    for (const auto& [keyword, value] : schema.items()) {
        static const std::set<std::string> kKnown{"$schema",     "$id",        "type",     "title",
                                                  "description", "properties", "required", "additionalProperties"};
        if (!kKnown.contains(keyword)) throw NotInSubset{"'" + keyword + "' is not supported"};
    }
    const Json none = Json::object();
    const Json listed = schema.value("properties", none);
    for (const auto& [key, property] : listed.items())
        properties.emplace(key, readProperty(key, property));
    for (const auto& key : schema.value("required", Json::array())) {
        if (!key.is_string() || !properties.contains(key.get<std::string>()))
            throw NotInSubset{"'required' names a key that is not in 'properties'"};
        properties.at(key.get<std::string>()).required = true;
    }
    return properties;
}

/// The whole text as a number, or nothing.
template <class Number>
std::optional<Number> parsed(const std::string& text) {
    Number value{};
    const char* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value);
    if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
    return value;
}

/// None where the text is not of the type.
std::optional<Json> typed(const std::string& type, const std::string& text) {
    if (type == "string") return Json(text);
    if (type == "boolean") {
        if (text == "true" || text == "false") return Json(text == "true");
        return std::nullopt;
    }
    if (type == "integer") {
        const auto value = parsed<std::int64_t>(text);
        return value ? std::optional<Json>(*value) : std::nullopt;
    }
    const auto value = parsed<double>(text);
    return value && std::isfinite(*value) ? std::optional<Json>(*value) : std::nullopt;
}

std::string article(const std::string& type) {
    return type == "integer" ? "an integer" : type == "boolean" ? "true or false" : "a " + type;
}

bool matches(const std::string& pattern, const std::string& text) {
    try {
        return std::regex_search(text, std::regex(pattern));
    } catch (const std::regex_error&) {
        return false; // too complex for this value
    }
}

std::string list(const Json& values) {
    std::string text;
    for (const auto& value : values)
        text.append(text.empty() ? "" : ", ").append(value.is_string() ? value.get<std::string>() : value.dump());
    return text;
}

std::string plain(double number) {
    return Json(number).dump();
}

std::optional<ConfigFault> valueFault(const std::string& key, const Property& property, const Json& value) {
    const auto fault = [&](std::string cause, std::string remedy) {
        return ConfigFault{problem::kValue, key, std::move(cause), std::move(remedy)};
    };
    const auto among = [&] { return std::find(property.allowed.begin(), property.allowed.end(), value); };
    if (property.allowed.is_array() && among() == property.allowed.end())
        return fault("is none of the values that there are", "write one of: " + list(property.allowed));
    if (property.minimum && value.is_number() && value.get<double>() < *property.minimum)
        return fault("is too small", "write at least " + plain(*property.minimum));
    if (property.maximum && value.is_number() && value.get<double>() > *property.maximum)
        return fault("is too large", "write at most " + plain(*property.maximum));
    if (property.pattern && !matches(*property.pattern, value.get<std::string>()))
        return fault("has not the right form", "write what matches " + *property.pattern);
    return std::nullopt;
}

std::optional<ConfigFault> secretFault(const std::string& key, const std::string& text) {
    const auto reference = parseSecretReference(text);
    if (!reference)
        return ConfigFault{problem::kSecret, key, "is a secret, which does not belong into a configuration file",
                           "write ${env:NAME} or ${file:PATH} there, and put the secret where that points"};
    if (const auto value = resolveSecret(*reference); !value)
        return ConfigFault{problem::kSecret, key, value.error().cause, value.error().remedy};
    return std::nullopt;
}

/// What a key that is no secret says: itself, or what a reference points to, so that a number or an address may come
/// from the environment like the keys that belong to it.
tl::expected<std::string, ConfigFault> resolvedText(const std::string& key, const std::string& text) {
    const auto reference = parseSecretReference(text);
    if (!reference) return text;
    auto value = resolveSecret(*reference);
    if (!value) return tl::unexpected(ConfigFault{problem::kSecret, key, value.error().cause, value.error().remedy});
    return *std::move(value);
}

tl::expected<Json, ConfigFault> checkedValue(const std::string& key, const Property& property,
                                             const std::string& given) {
    if (property.secret) {
        if (auto fault = secretFault(key, given)) return tl::unexpected(*fault);
        return Json(given);
    }
    const auto text = resolvedText(key, given);
    if (!text) return tl::unexpected(text.error());
    if (text->size() > kLongestValue)
        return tl::unexpected(ConfigFault{problem::kValue, key, "is longer than 4096 bytes", "shorten it"});
    const auto value = typed(property.type, *text);
    if (!value)
        return tl::unexpected(
            ConfigFault{problem::kValue, key, "is not " + article(property.type), "write " + article(property.type)});
    if (auto fault = valueFault(key, property, *value)) return tl::unexpected(*fault);
    return *value;
}

ConfigFault unknownKey(const std::string& key, const std::vector<std::string>& known) {
    const std::string like = base::nearest(key, known);
    return {problem::kUnknownKey, key, "is no key that this plugin knows",
            known.empty()   ? "remove it: the plugin has no configuration"
            : !like.empty() ? "did you mean '" + like + "'?"
                            : "its keys are: " + base::joined(known)};
}

void remember(CheckedConfig& checked, const Property& property, const Json& value) {
    if (!value.is_string()) return;
    const auto text = value.get<std::string>();
    (property.secret ? checked.secretReferences : checked.texts).insert(text);
    if (text.starts_with("http://") || text.starts_with("https://")) checked.urls.push_back(text);
}

} // namespace

struct ConfigSchema::Properties {
    std::map<std::string, Property> byKey;
};

tl::expected<ConfigSchema, std::string> ConfigSchema::parse(std::string_view json) {
    try {
        return ConfigSchema(std::make_shared<const Properties>(Properties{readProperties(Json::parse(json))}));
    } catch (const NotInSubset& fault) {
        return tl::unexpected(fault.reason);
    } catch (const std::regex_error&) {
        return tl::unexpected(std::string("a pattern is no regular expression"));
    } catch (const Json::exception&) {
        return tl::unexpected(std::string("it is not valid JSON"));
    }
}

tl::expected<CheckedConfig, std::vector<ConfigFault>> ConfigSchema::check(const PluginConfig& config) const {
    CheckedConfig checked;
    std::vector<ConfigFault> faults;
    std::vector<std::string> known;
    Json object = Json::object();
    for (const auto& [key, property] : properties_->byKey) {
        known.push_back(key);
        const auto given = config.find(key);
        const bool has = given != config.end();
        if (!has && property.fallback.is_null()) {
            if (property.required)
                faults.push_back(
                    {problem::kMissingKey, key, "is required and not there",
                     "write " + (property.secret ? "${env:NAME} or ${file:PATH}" : article(property.type))});
            continue;
        }
        const std::string text = has                             ? given->second
                                 : property.fallback.is_string() ? property.fallback.get<std::string>()
                                                                 : property.fallback.dump();
        auto value = checkedValue(key, property, text);
        if (!value) {
            faults.push_back(value.error());
            continue;
        }
        remember(checked, property, *value);
        object[key] = *std::move(value);
    }
    for (const auto& [key, text] : config)
        if (!properties_->byKey.contains(key)) faults.push_back(unknownKey(key, known));
    if (!faults.empty()) return tl::unexpected(std::move(faults));
    checked.json = object.dump(-1, ' ', false, Json::error_handler_t::replace);
    return checked;
}

} // namespace rota::plugin_host
