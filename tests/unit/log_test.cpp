#include "base/log.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace rota::base::log {
namespace {

class LogTest : public ::testing::Test {
protected:
    ~LogTest() override { configure(Level::Info, Format::Text); }

    template <class Work>
    static std::string written(Work&& work) {
        ::testing::internal::CaptureStderr();
        work();
        return ::testing::internal::GetCapturedStderr();
    }
};

TEST_F(LogTest, JsonLinesAreJson) {
    configure(Level::Info, Format::Json);
    const auto line = written([] {
        const RequestScope scope{"r-1"};
        info("it \"broke\"\n{}", {{"count", 3}, {"ok", true}, {"text", "a\x01 b\xFF"}});
    });
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
    const auto json = nlohmann::json::parse(line);
    EXPECT_EQ(json.at("event"), "it \"broke\"\n{}");
    EXPECT_EQ(json.at("level"), "info");
    EXPECT_EQ(json.at("count"), 3);
    EXPECT_EQ(json.at("ok"), true);
    EXPECT_EQ(json.at("request_id"), "r-1");
}

TEST_F(LogTest, TextLinesSplitIntoTheirFields) {
    configure(Level::Info, Format::Text);
    const auto line = written([] { warning("event", {{"plain", "a"}, {"spaced", "a b"}, {"empty", ""}}); });
    EXPECT_NE(line.find("event plain=a spaced=\"a b\" empty=\"\"\n"), std::string::npos) << line;
}

TEST_F(LogTest, NoControlCharacterReachesATerminal) {
    configure(Level::Info, Format::Text);
    const auto line = written([] { warning("event", {{"value", "\x1b[2Jgone"}, {"more", "\a\x7f\u009b"}}); });
    EXPECT_NE(line.find("value=\"\\u001b[2Jgone\" more=\"\\u0007\\u007f\\u009b\"\n"), std::string::npos) << line;
}

TEST_F(LogTest, WhatIsBelowTheLevelIsNotWritten) {
    configure(Level::Warning, Format::Text);
    EXPECT_EQ(written([] { info("quiet"); }), "");
    EXPECT_NE(written([] { error("loud"); }), "");
}

TEST_F(LogTest, ScopesNest) {
    EXPECT_EQ(requestId(), "");
    {
        const RequestScope outer{"outer"};
        {
            const RequestScope inner{"inner"};
            EXPECT_EQ(requestId(), "inner");
        }
        EXPECT_EQ(requestId(), "outer");
    }
    EXPECT_EQ(requestId(), "");
}

} // namespace
} // namespace rota::base::log
