#include "redis/redis_url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace rota::redis {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string refusal(const std::string& url) {
    try {
        parseRedisUrl(url);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "accepted";
}

TEST(RedisUrl, WholeUrl) {
    const auto endpoint = parseRedisUrl("redis://clinic:p%40ss%3Aword@queue.example:6380/3");
    EXPECT_EQ(endpoint.host, "queue.example");
    EXPECT_EQ(endpoint.port, 6380);
    EXPECT_EQ(endpoint.user, "clinic");
    EXPECT_EQ(endpoint.password, "p@ss:word");
    EXPECT_EQ(endpoint.database, 3);
}

TEST(RedisUrl, DefaultsStandForWhatIsMissing) {
    const auto endpoint = parseRedisUrl("redis://localhost");
    EXPECT_EQ(endpoint.host, "localhost");
    EXPECT_EQ(endpoint.port, 6379);
    EXPECT_EQ(endpoint.user, "");
    EXPECT_EQ(endpoint.password, "");
    EXPECT_EQ(endpoint.database, 0);
    EXPECT_EQ(parseRedisUrl("redis://localhost/").database, 0);
}

TEST(RedisUrl, AnIpv6AddressStandsInBrackets) {
    const auto endpoint = parseRedisUrl("redis://:secret@[::1]:7000/1");
    EXPECT_EQ(endpoint.host, "::1");
    EXPECT_EQ(endpoint.port, 7000);
    EXPECT_EQ(endpoint.password, "secret");
}

TEST(RedisUrl, AnUnencodedAtSignBelongsToThePassword) {
    const auto endpoint = parseRedisUrl("redis://:a@b@host:1");
    EXPECT_EQ(endpoint.password, "a@b");
    EXPECT_EQ(endpoint.host, "host");
}

TEST(RedisUrl, TlsIsRefusedWithAReason) {
    EXPECT_THAT(refusal("rediss://host"), HasSubstr("TLS (rediss://) is not supported"));
}

TEST(RedisUrl, RefusalsNameTheMistakeAndNeverThePassword) {
    EXPECT_THAT(refusal("http://host"), HasSubstr("must start with redis://"));
    EXPECT_THAT(refusal("redis://"), HasSubstr("names no host"));
    EXPECT_THAT(refusal("redis://host:0"), HasSubstr("the port"));
    EXPECT_THAT(refusal("redis://host:65536"), HasSubstr("the port"));
    EXPECT_THAT(refusal("redis://host:12x"), HasSubstr("the port"));
    EXPECT_THAT(refusal("redis://host:1/x"), HasSubstr("the database"));
    EXPECT_THAT(refusal("redis://host:1/-1"), HasSubstr("the database"));
    EXPECT_THAT(refusal("redis://host/0?timeout=1"), HasSubstr("takes no ?"));
    EXPECT_THAT(refusal("redis://[::1"), HasSubstr("not closed"));
    EXPECT_THAT(refusal("redis://hunter2@host"), HasSubstr(":password@"));
    for (const auto* url : {"redis://hunter2@host", "redis://:hunter2%@host", "redis://:hunter2@host:x"})
        EXPECT_THAT(refusal(url), Not(HasSubstr("hunter2"))) << url;
}

} // namespace
} // namespace rota::redis
