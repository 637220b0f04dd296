#include "clinic.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>
#include <thread>

namespace rota::testing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using ::testing::HasSubstr;

/// What programs and browsers rely on beside the answers themselves.
class ProgramsTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        clinic_ = new Clinic;
        auto options = clinic_->options();
        options.settings = {"http.cors.origins = http://localhost:3000, https://clinic.example",
                            "http.docs = " + std::string{std::getenv("ROTA_SOURCE_DIR")} + "/docs/page"};
        clinic_->start(options);
    }
    static void TearDownTestSuite() {
        EXPECT_EQ(clinic_->server->stop(), 0) << clinic_->server->output();
        delete clinic_;
    }
    static HttpAnswer ask(const std::string& method, const std::string& path, const std::string& headers,
                          const json& body = nullptr) {
        return clinic_->connect().request(method, path, body.is_null() ? "" : body.dump(), headers);
    }
    static HttpAnswer keyed(const std::string& key, const std::string& path, const json& body) {
        return ask("POST", path, "Idempotency-Key: " + key + "\r\n", body);
    }

    static Clinic* clinic_;
};

Clinic* ProgramsTest::clinic_ = nullptr;

// ---- Idempotency-Key --------------------------------------------------------------------------------------------

TEST_F(ProgramsTest, ARepeatedRequestGetsTheSameAnswer) {
    const auto wanted = booking(2, at(comingDay(std::chrono::Monday), "09:00"));
    const auto first = keyed("one", "/api/appointments", wanted);
    ASSERT_EQ(first.status, 201) << first.body;
    const auto again = keyed("one", "/api/appointments", wanted);
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.header("Location"), first.header("Location"));
    EXPECT_FALSE(first.header("Location").empty());
    EXPECT_EQ(keyed("two", "/api/appointments", wanted).status, 409) << "another key is another intent";
    EXPECT_EQ(keyed("two", "/api/appointments", wanted).json()["error"], "Time slot no longer available");
}

TEST_F(ProgramsTest, ARefusalIsRepeatedAsWell) {
    const auto invalid = keyed("refused", "/api/patients", json::object());
    EXPECT_EQ(invalid.status, 400);
    EXPECT_EQ(keyed("refused", "/api/patients", json::object()).body, invalid.body);
}

TEST_F(ProgramsTest, AKeyIsForOneRequest) {
    const auto monday = comingDay(std::chrono::Monday);
    ASSERT_EQ(keyed("mine", "/api/appointments", booking(2, at(monday, "11:00"))).status, 201);
    const auto other = keyed("mine", "/api/appointments", booking(2, at(monday, "12:00")));
    EXPECT_EQ(other.status, 422);
    EXPECT_EQ(other.json(), (json{{"error", "Idempotency-Key was used with another request"}}));
    EXPECT_EQ(keyed("mine", "/api/patients", booking(2, at(monday, "11:00"))).status, 422);
    EXPECT_EQ(clinic_->book(booking(2, at(monday, "12:00"))).status, 201) << "nothing was done";
}

TEST_F(ProgramsTest, AKeyMustBeUsable) {
    for (const auto& key : {std::string{}, std::string(256, 'k'), std::string{"\xc3\xa9"}}) {
        const auto answer = keyed(key, "/api/patients", json::object());
        EXPECT_EQ(answer.status, 400);
        EXPECT_EQ(answer.json()["details"][0]["field"], "Idempotency-Key");
    }
    EXPECT_EQ(keyed(std::string(255, 'k'), "/api/doctors", {{"name", "Dr. K"}, {"specialty", "K"}}).status, 201);
    EXPECT_EQ(ask("GET", "/api/doctors", "Idempotency-Key: \r\n").status, 200) << "it is for POST";
}

TEST_F(ProgramsTest, TenEqualRequestsAtOnceBookOnce) {
    const auto wanted = booking(3, at(comingDay(std::chrono::Tuesday), "09:00"));
    std::vector<HttpAnswer> answers(10);
    simultaneously(10, [&](int i) {
        do {
            answers[i] = keyed("ten", "/api/appointments", wanted);
            if (answers[i].status != 409) return;
            EXPECT_EQ(answers[i].json()["error"], "A request with this Idempotency-Key is under way");
            EXPECT_EQ(answers[i].header("Retry-After"), "1");
            std::this_thread::sleep_for(20ms);
        } while (true);
    });
    for (const auto& answer : answers) {
        EXPECT_EQ(answer.status, 201) << answer.body;
        EXPECT_EQ(answer.body, answers[0].body);
        EXPECT_EQ(answer.header("Location"), answers[0].header("Location"));
    }
    EXPECT_EQ(clinic_->database.number("SELECT COUNT(*) FROM appointments WHERE doctor_id = 3"), 1);
}

TEST_F(ProgramsTest, AKeyLeftBehindIsTakenOverAfterAMinute) {
    const json doctor = {{"name", "Dr. Taken Over"}, {"specialty", "Pediatrics"}};
    ASSERT_EQ(keyed("left", "/api/doctors", doctor).status, 201);
    // As a process leaves it that died before it could answer.
    clinic_->database.execute("UPDATE idempotency_keys SET status = NULL, body = NULL, location = NULL, "
                              "claimed_at = now() AT TIME ZONE 'UTC' WHERE key = 'left'");
    EXPECT_EQ(keyed("left", "/api/doctors", doctor).status, 409);
    clinic_->database.execute(
        "UPDATE idempotency_keys SET claimed_at = claimed_at - INTERVAL '61 seconds' WHERE key = 'left'");
    EXPECT_EQ(keyed("left", "/api/doctors", doctor).status, 201);
    EXPECT_EQ(clinic_->database.number("SELECT COUNT(*) FROM doctors WHERE name = 'Dr. Taken Over'"), 2);
}

TEST_F(ProgramsTest, AFailureOfTheServerIsNotKept) {
    const json doctor = {{"name", "Dr. Unlucky"}, {"specialty", "Pediatrics"}};
    clinic_->database.execute("ALTER TABLE doctors ADD CONSTRAINT unlucky CHECK (name <> 'Dr. Unlucky') NOT VALID");
    const auto failed = keyed("unlucky", "/api/doctors", doctor);
    EXPECT_EQ(failed.status, 500);
    EXPECT_EQ(failed.json(), (json{{"error", "Internal server error"}}));
    clinic_->database.execute("ALTER TABLE doctors DROP CONSTRAINT unlucky");
    EXPECT_EQ(keyed("unlucky", "/api/doctors", doctor).status, 201);
}

// ---- ETag -------------------------------------------------------------------------------------------------------

TEST_F(ProgramsTest, SparesWhatTheClientHas) {
    const auto day = base::formatDate(comingDay(std::chrono::Wednesday, 2));
    for (const auto& path :
         {std::string{"/api/doctors"}, std::string{"/api/doctors/1"}, "/api/doctors/1/availability?date=" + day,
          fmt::format("/api/doctors/1/availability?from={0}&to={0}", day)}) {
        const auto whole = ask("GET", path, "");
        const auto etag = whole.header("ETag");
        ASSERT_GT(etag.size(), 20u) << path;
        EXPECT_EQ(etag.front(), '"');
        EXPECT_EQ(whole.header("Cache-Control"), "no-cache");
        for (const auto& known : {etag, "\"other\", W/" + etag, std::string{"*"}}) {
            const auto spared = ask("GET", path, "If-None-Match: " + known + "\r\n");
            EXPECT_EQ(spared.status, 304) << known;
            EXPECT_TRUE(spared.body.empty());
            EXPECT_EQ(spared.header("ETag"), etag);
            EXPECT_EQ(spared.header("Content-Length"), "");
        }
        EXPECT_EQ(ask("GET", path, "If-None-Match: \"other\", " + etag.substr(1) + "\r\n").body, whole.body);
        EXPECT_EQ(ask("HEAD", path, "If-None-Match: " + etag + "\r\n").status, 304);
    }
    EXPECT_EQ(ask("GET", "/api/doctors/99999", "").header("ETag"), "");
}

TEST_F(ProgramsTest, AChangedAnswerHasAnotherETag) {
    const auto monday = comingDay(std::chrono::Monday, 2);
    const auto path = "/api/doctors/4/availability?date=" + base::formatDate(monday);
    const auto etag = ask("GET", path, "").header("ETag");
    clinic_->booked(4, at(monday, "09:00"));
    const auto fresh = ask("GET", path, "If-None-Match: " + etag + "\r\n");
    EXPECT_EQ(fresh.status, 200);
    EXPECT_NE(fresh.header("ETag"), etag);
}

// ---- CORS -------------------------------------------------------------------------------------------------------

TEST_F(ProgramsTest, TheFrontEndMayCall) {
    for (const auto* origin : {"http://localhost:3000", "https://clinic.example"}) {
        const auto answer = ask("GET", "/api/doctors", fmt::format("Origin: {}\r\n", origin));
        EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), origin);
        EXPECT_EQ(answer.header("Access-Control-Expose-Headers"), "X-Request-Id, Location, ETag, Retry-After");
        EXPECT_EQ(answer.header("Vary"), "Origin");
    }
    const auto foreign = ask("GET", "/api/doctors", "Origin: http://localhost:3001\r\n");
    EXPECT_EQ(foreign.status, 200);
    EXPECT_EQ(foreign.header("Access-Control-Allow-Origin"), "");
    EXPECT_EQ(foreign.header("Vary"), "Origin");
    EXPECT_EQ(
        ask("GET", "/api/doctors/99999", "Origin: http://localhost:3000\r\n").header("Access-Control-Allow-Origin"),
        "http://localhost:3000")
        << "a page must be able to read a refusal";
}

TEST_F(ProgramsTest, AnswersTheQuestionBeforeARequest) {
    const std::string origin = "Origin: http://localhost:3000\r\n";
    const auto preflight = ask("OPTIONS", "/api/appointments/1", origin + "Access-Control-Request-Method: DELETE\r\n");
    EXPECT_EQ(preflight.status, 204);
    EXPECT_EQ(preflight.header("Access-Control-Allow-Origin"), "http://localhost:3000");
    EXPECT_THAT(preflight.header("Access-Control-Allow-Methods"), HasSubstr("DELETE"));
    EXPECT_THAT(preflight.header("Access-Control-Allow-Headers"), HasSubstr("Idempotency-Key"));
    EXPECT_EQ(preflight.header("Access-Control-Max-Age"), "600");
    EXPECT_EQ(ask("OPTIONS", "/api/appointments/1", "Access-Control-Request-Method: DELETE\r\n")
                  .header("Access-Control-Allow-Methods"),
              "");
}

// ---- the document -----------------------------------------------------------------------------------------------

TEST_F(ProgramsTest, TellsWhatItSpeaks) {
    const auto answer = ask("GET", "/api/openapi.json", "");
    ASSERT_EQ(answer.status, 200);
    const auto document = answer.json();
    EXPECT_EQ(document["openapi"], "3.1.0");
    EXPECT_TRUE(document["paths"]["/api/doctors/{id}/availability"]["get"]["responses"].contains("200"));
    EXPECT_EQ(document["components"]["schemas"]["Duration"]["enum"], (json{15, 30, 60}));
    // Every documented operation is there: a path that nobody serves would be 404, a method 405.
    const auto paths = document["paths"];
    for (const auto& [path, operations] : paths.items()) {
        std::string concrete = path;
        for (auto open = concrete.find('{'); open != std::string::npos; open = concrete.find('{'))
            concrete.replace(open, concrete.find('}') - open + 1, "1");
        const auto allow = ask("OPTIONS", concrete, "").header("Allow");
        for (const auto& [method, operation] : operations.items()) {
            if (method == "parameters") continue;
            std::string verb = method;
            for (auto& c : verb)
                c = static_cast<char>(std::toupper(c));
            EXPECT_THAT(allow, HasSubstr(verb)) << path;
        }
    }
}

/// The directory here is the page's source, which lacks only what npm brings.
TEST_F(ProgramsTest, ShowsItsDocumentOnAPageThatLetsNothingIn) {
    const auto page = ask("GET", "/api/docs", "");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
    EXPECT_THAT(page.header("Content-Security-Policy"), HasSubstr("default-src 'none'; script-src 'self'"));
    EXPECT_EQ(ask("GET", "/api/docs", "If-None-Match: " + page.header("ETag") + "\r\n").status, 304);
    // All that it names is there, and here.
    std::istringstream words{page.body};
    for (std::string word; words >> word;) {
        if (!word.starts_with("src=\"") && !word.starts_with("href=\"")) continue;
        EXPECT_THAT(word, ::testing::ContainsRegex("=\"(/api/|data:,)"));
    }
    EXPECT_EQ(ask("GET", "/api/docs/page.js", "").header("Content-Type"), "text/javascript; charset=utf-8");
    EXPECT_EQ(ask("GET", "/api/docs/page.css", "").header("Content-Type"), "text/css; charset=utf-8");
    for (const auto* name : {"package.json", "..%2Findex.html", "%2Fetc%2Fpasswd", ".npmrc", "none.js"})
        EXPECT_EQ(ask("GET", fmt::format("/api/docs/{}", name), "").status, 404) << name;
}

} // namespace
} // namespace rota::testing
