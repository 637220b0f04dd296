#include "plugin_host/config_schema.hpp"
#include "plugin_host/problem.hpp"
#include "support.hpp"

#include <nlohmann/json.hpp>

namespace rota::testing {
namespace {

namespace problem = plugin_host::problem;
using plugin_host::ConfigSchema;
using plugin_host::PluginConfig;
using Json = nlohmann::json;

constexpr std::string_view kSchema = R"({
    "type": "object",
    "properties": {
        "sender":   {"type": "string", "pattern": "^[A-Z]{3,11}$", "title": "Sender"},
        "region":   {"type": "string", "enum": ["eu", "us"], "default": "us"},
        "retries":  {"type": "integer", "minimum": 0, "maximum": 10, "default": 3},
        "factor":   {"type": "number"},
        "dry_run":  {"type": "boolean", "default": false},
        "base_url": {"type": "string"},
        "api_key":  {"type": "string", "secret": true}
    },
    "required": ["sender"]
})";

plugin_host::CheckedConfig checked(const PluginConfig& config) {
    const auto result = ConfigSchema::parse(kSchema)->check(config);
    if (!result) throw std::runtime_error(result.error().front().key + ": " + result.error().front().cause);
    return *result;
}

/// "code key" of each fault.
std::vector<std::string> faults(PluginConfig config) {
    config.emplace("sender", "ROTA");
    const auto result = ConfigSchema::parse(kSchema)->check(config);
    std::vector<std::string> all;
    if (!result)
        for (const auto& fault : result.error())
            all.push_back(std::string(fault.code) + " " + fault.key);
    return all;
}

TEST(ConfigSchema, BuildsTypedJsonWithDefaults) {
    const auto config = checked({{"sender", "ROTA"}, {"retries", "7"}, {"factor", "1.5"}, {"dry_run", "true"}});
    EXPECT_EQ(Json::parse(config.json), Json::parse(R"({"sender": "ROTA", "region": "us", "retries": 7, "factor": 1.5,
                                                        "dry_run": true})"));
}

TEST(ConfigSchema, KeepsDigitsInAStringAString) {
    const auto schema = ConfigSchema::parse(R"({"type": "object", "properties": {"sid": {"type": "string"}}})");
    EXPECT_EQ(schema->check({{"sid", "0123"}})->json, R"({"sid":"0123"})");
    EXPECT_EQ(Json::parse(schema->check({{"sid", "a\"b\\c\n"}})->json)["sid"], "a\"b\\c\n");
}

TEST(ConfigSchema, RefusesValuesOfAnotherType) {
    for (const char* value : {"", "x", "3x", " 3", "3.0", "1e3", "99999999999999999999"})
        EXPECT_EQ(faults({{"retries", value}}), std::vector<std::string>{"PLG-112 retries"}) << value;
    for (const char* value : {"yes", "1", "True", ""})
        EXPECT_EQ(faults({{"dry_run", value}}), std::vector<std::string>{"PLG-112 dry_run"}) << value;
    for (const char* value : {"nan", "inf", "1,5", "1.5 "})
        EXPECT_EQ(faults({{"factor", value}}), std::vector<std::string>{"PLG-112 factor"}) << value;
}

TEST(ConfigSchema, HoldsBounds) {
    EXPECT_TRUE(faults({{"retries", "0"}}).empty());
    EXPECT_TRUE(faults({{"retries", "10"}}).empty());
    EXPECT_EQ(faults({{"retries", "-1"}}), std::vector<std::string>{"PLG-112 retries"});
    EXPECT_EQ(faults({{"retries", "11"}}), std::vector<std::string>{"PLG-112 retries"});
    EXPECT_EQ(faults({{"region", "mars"}}), std::vector<std::string>{"PLG-112 region"});
    EXPECT_EQ(faults({{"sender", "no"}}), std::vector<std::string>{"PLG-112 sender"});
    EXPECT_EQ(faults({{"base_url", std::string(4097, 'x')}}), std::vector<std::string>{"PLG-112 base_url"});
}

TEST(ConfigSchema, SuggestsTheNearestKey) {
    const auto result = ConfigSchema::parse(kSchema)->check({{"sender", "ROTA"}, {"retires", "1"}});
    ASSERT_EQ(result.error().size(), 1U);
    EXPECT_EQ(result.error()[0].code, problem::kUnknownKey);
    EXPECT_EQ(result.error()[0].remedy, "did you mean 'retries'?");
}

TEST(ConfigSchema, NamesAMissingKey) {
    const auto result = ConfigSchema::parse(kSchema)->check({});
    ASSERT_EQ(result.error().size(), 1U);
    EXPECT_EQ(result.error()[0].code, problem::kMissingKey);
    EXPECT_EQ(result.error()[0].key, "sender");
}

TEST(ConfigSchema, SecretsAreReferencesThatHaveAValue) {
    const Environment key("ROTA_TEST_KEY", "s3cret-value");
    const auto config = checked({{"sender", "ROTA"}, {"api_key", "${env:ROTA_TEST_KEY}"}});
    EXPECT_EQ(Json::parse(config.json)["api_key"], "${env:ROTA_TEST_KEY}");
    EXPECT_EQ(config.secretReferences, std::set<std::string>{"${env:ROTA_TEST_KEY}"});

    const TemporaryDirectory directory;
    const auto path = directory.write("key", "s3cret\n");
    EXPECT_TRUE(faults({{"api_key", "${file:" + path + "}"}}).empty());
    EXPECT_EQ(faults({{"api_key", "${file:" + path + ".not}"}}), std::vector<std::string>{"PLG-113 api_key"});
    EXPECT_EQ(faults({{"api_key", "${env:ROTA_TEST_UNSET}"}}), std::vector<std::string>{"PLG-113 api_key"});
    EXPECT_EQ(faults({{"api_key", "${env:}"}}), std::vector<std::string>{"PLG-113 api_key"});
}

// A number that belongs to a key comes from where the key comes from.
TEST(ConfigSchema, WhatIsNoSecretMayComeFromTheEnvironmentToo) {
    const Environment url("ROTA_TEST_URL", "http://127.0.0.1:81");
    const auto config = checked({{"sender", "ROTA"}, {"base_url", "${env:ROTA_TEST_URL}"}});
    EXPECT_EQ(Json::parse(config.json)["base_url"], "http://127.0.0.1:81");
    EXPECT_EQ(config.urls, std::vector<std::string>{"http://127.0.0.1:81"});
    EXPECT_TRUE(config.secretReferences.empty());

    const Environment number("ROTA_TEST_RETRIES", "many");
    EXPECT_EQ(faults({{"retries", "${env:ROTA_TEST_RETRIES}"}}), std::vector<std::string>{"PLG-112 retries"});
    const auto result = ConfigSchema::parse(kSchema)->check({{"sender", "${env:ROTA_TEST_UNSET}"}});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error()[0].code, problem::kSecret);
    EXPECT_EQ(result.error()[0].cause, "the environment variable ROTA_TEST_UNSET is not set");
}

// A key that was written into the file by mistake must not reach the log through the complaint about it.
TEST(ConfigSchema, NeverRepeatsAValue) {
    const std::string value = "SG.this-is-a-key";
    for (const char* key : {"api_key", "sender", "region", "retries", "factor", "dry_run", "apikey"}) {
        const auto result = ConfigSchema::parse(kSchema)->check({{key, value}});
        ASSERT_FALSE(result) << key;
        for (const auto& fault : result.error())
            EXPECT_EQ((fault.cause + fault.remedy).find(value), std::string::npos) << key;
    }
}

TEST(ConfigSchema, RemembersUrls) {
    EXPECT_EQ(checked({{"sender", "ROTA"}, {"base_url", "http://127.0.0.1:81/x"}}).urls,
              std::vector<std::string>{"http://127.0.0.1:81/x"});
}

TEST(ConfigSchema, RefusesWhatIsNotInTheSubset) {
    for (const char* schema : {
             "",
             "[]",
             "{",
             R"({"type": "array"})",
             R"({"type": "object", "anyOf": []})",
             R"({"type": "object", "properties": {"a": {"type": "object"}}})",
             R"({"type": "object", "properties": {"a": {}}})",
             R"({"type": "object", "properties": {"a": 1}})",
             R"({"type": "object", "properties": {"A.b": {"type": "string"}}})",
             R"({"type": "object", "properties": {"a": {"type": "string", "pattern": "("}}})",
             R"({"type": "object", "properties": {"a": {"type": "integer", "pattern": "x"}}})",
             R"({"type": "object", "properties": {"a": {"type": "integer", "default": "x"}}})",
             R"({"type": "object", "properties": {"a": {"type": "integer", "minimum": "x"}}})",
             R"({"type": "object", "properties": {"a": {"type": "string", "enum": []}}})",
             R"({"type": "object", "properties": {"a": {"type": "integer", "secret": true}}})",
             R"({"type": "object", "properties": {"a": {"type": "string", "maxLength": 3}}})",
             R"({"type": "object", "properties": {}, "required": ["a"]})",
         })
        EXPECT_FALSE(ConfigSchema::parse(schema)) << schema;
}

} // namespace
} // namespace rota::testing
