#include "app/ports/availability_policy.hpp"
#include "app/ports/errors.hpp"
#include "http/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace rota::http {
namespace {

std::string headerOf(const Response& response, std::string_view name) {
    for (const auto& field : response.headers)
        if (sameName(field.name, name)) return field.value;
    return {};
}

class RouterTest : public ::testing::Test {
protected:
    RouterTest() {
        add("GET", "/api/doctors");
        add("GET", "/api/doctors/:id");
        add("GET", "/api/doctors/:id/availability");
        add("GET", "/api/appointments/:id");
        add("DELETE", "/api/appointments/:id");
    }

    void add(const std::string& method, const std::string& pattern) {
        router_.add(method, pattern, [=](const Request& request) {
            Response response;
            response.body = method + " " + std::string{request.pathParameter("id")};
            return response;
        });
    }

    Response ask(const std::string& method, const std::string& path) const {
        Request request;
        request.method = method;
        request.path = path;
        return router_(request);
    }

    Router router_;
    int failures_ = 0;
};

TEST_F(RouterTest, FindsTheHandlerByPathAndMethod) {
    EXPECT_EQ(ask("GET", "/api/doctors").body, "GET ");
    EXPECT_EQ(ask("GET", "/api/doctors/7").body, "GET 7");
    EXPECT_EQ(ask("GET", "/api/doctors/7/availability").route, "/api/doctors/:id/availability");
    EXPECT_EQ(ask("DELETE", "/api/appointments/7").body, "DELETE 7");
    EXPECT_EQ(ask("HEAD", "/api/doctors").status, 200);
}

TEST_F(RouterTest, KnowsNoOtherPath) {
    for (const auto* path :
         {"/", "/api", "/api/doctors/", "/api/doctors/7/", "/api//doctors", "//api/doctors", "/api/Doctors",
          "/api/doctors/7/availability/x", "/api/doctors%2F7", "/api/doctors/%zz", "/api/doctors/%"}) {
        const auto response = ask("GET", path);
        EXPECT_EQ(response.status, 404) << path;
        EXPECT_EQ(response.body, R"({"error":"Not found"})") << path;
        EXPECT_EQ(response.route, "") << path;
    }
}

TEST_F(RouterTest, DecodesWhatStandsForAName) {
    EXPECT_EQ(ask("GET", "/api/doctors/%37").body, "GET 7");
    EXPECT_EQ(ask("GET", "/api/doctors/a%2Fb").body, "GET a/b");
}

TEST_F(RouterTest, NamesTheMethodsThatAPathHas) {
    const auto refused = ask("POST", "/api/appointments/7");
    EXPECT_EQ(refused.status, 405);
    EXPECT_EQ(refused.body, R"({"error":"Method not allowed"})");
    EXPECT_EQ(headerOf(refused, "Allow"), "OPTIONS, GET, HEAD, DELETE");

    const auto options = ask("OPTIONS", "/api/doctors");
    EXPECT_EQ(options.status, 204);
    EXPECT_EQ(options.body, "");
    EXPECT_EQ(headerOf(options, "Allow"), "OPTIONS, GET, HEAD");
}

TEST_F(RouterTest, TellsNothingOfWhatAHandlerThrows) {
    const auto answerTo = [this](auto failure) {
        const auto pattern = "/throws/" + std::to_string(++failures_);
        router_.add("GET", pattern, [failure](const Request&) -> Response { throw failure; });
        return ask("GET", pattern);
    };
    const auto expectInternal = [](const Response& response, const std::string& retryAfter) {
        EXPECT_EQ(response.status, 500);
        EXPECT_EQ(response.body, R"({"error":"Internal server error"})");
        EXPECT_EQ(headerOf(response, "Retry-After"), retryAfter);
    };
    expectInternal(answerTo(app::StorageError{"23505", "patients_key", "secret"}), "5");
    expectInternal(answerTo(app::StorageUnavailable{"secret"}), "5");
    expectInternal(answerTo(app::QueueError{"secret"}), "");
    expectInternal(answerTo(app::PolicyError{"secret"}), "");
    expectInternal(answerTo(std::logic_error{"secret"}), "");
    expectInternal(answerTo(42), "");
}

} // namespace
} // namespace rota::http
