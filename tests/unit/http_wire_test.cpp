#include "http/wire.hpp"

#include <gtest/gtest.h>

namespace rota::http {
namespace {

std::string sent(int status, const std::string& body) {
    return toWire({.status = status, .body = body, .headers = {}, .route = {}},
                  {true, true, "r-1", base::fromUnixMs(0)});
}

/// On a connection that is kept, a body that no client expects would be taken for the next answer.
TEST(Wire, AnswersThatHaveNoBodyGoOutWithoutOne) {
    EXPECT_TRUE(sent(200, "{}").ends_with("\r\n\r\n{}"));
    for (const int status : {204, 304}) {
        EXPECT_TRUE(sent(status, "{}").ends_with("\r\n\r\n")) << status;
        EXPECT_EQ(sent(status, "{}").find("Content-Length"), std::string::npos) << status;
    }
}

} // namespace
} // namespace rota::http
