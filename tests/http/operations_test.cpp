#include "clinic.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>
#include <thread>

namespace rota::testing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using std::chrono::steady_clock;
using ::testing::HasSubstr;
using ::testing::Not;

HttpAnswer operate(const Clinic& clinic, const std::string& path, const std::string& headers = "") {
    return HttpClient{clinic.server->operationsPort()}.request("GET", path, "", headers);
}

TEST(Operations, CountsWhatHappens) {
    Clinic clinic;
    clinic.start();
    EXPECT_THAT(operate(clinic, "/metrics").body, HasSubstr("rota_bookings_total 0"));
    const auto monday = comingDay(std::chrono::Monday);
    const auto id = clinic.booked(2, at(monday, "09:00"));
    EXPECT_EQ(clinic.book(booking(2, at(monday, "09:00"))).status, 409);
    const auto wanted = booking(2, at(monday, "10:00")).dump();
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(clinic.connect().request("POST", "/api/appointments", wanted, "Idempotency-Key: k\r\n").status, 201);
    EXPECT_EQ(clinic.cancel(id).status, 200);
    // The cancelled appointment's confirmation may have been stopped; the other one's is delivered.
    ASSERT_TRUE(clinic.server->awaitLines(" SENT: ", 1, 30s)) << clinic.server->output();

    std::string metrics;
    for (const auto end = steady_clock::now() + 20s; steady_clock::now() < end; std::this_thread::sleep_for(50ms)) {
        metrics = operate(clinic, "/metrics").body;
        if (metrics.find("rota_delivery_lateness_seconds_count") != std::string::npos) break;
    }
    for (const auto* line :
         {"rota_bookings_total 2\n", "rota_booking_conflicts_total 1\n", "rota_cancellations_total 1\n",
          "rota_waitlist_promotions_total 0\n",
          "rota_http_requests_total{method=\"POST\",route=\"/api/appointments\",status=\"409\"} 1\n",
          "rota_http_request_seconds_bucket{method=\"POST\",route=\"/api/appointments\",le=\"+Inf\"} 3\n",
          "rota_pool_connections{state=\"in_use\"}", "rota_pool_waiting 0\n", "rota_jobs{state=\"scheduled\"}",
          "rota_jobs_overdue 0\n", "rota_messages_in_doubt{state=\"open\"} 0\n",
          "rota_messages_in_doubt{state=\"given_up\"} 0\n", "rota_channel_broken{channel=\"console\"} 0\n",
          "rota_delivery_lateness_seconds_count{kind=\"confirmation\"}",
          "rota_jobs_finished_total{kind=\"confirmation\",outcome=\"sent\"}"})
        EXPECT_THAT(metrics, HasSubstr(line));
    EXPECT_EQ(operate(clinic, "/metrics").header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
}

/// A panel or an alert that asks for a metric that nobody counts stays empty, and nobody notices.
TEST(Operations, CountsWhatTheDashboardShowsAndTheAlertsWatch) {
    Clinic clinic;
    clinic.start();
    clinic.booked(2, at(comingDay(std::chrono::Monday), "09:00"));
    ASSERT_TRUE(clinic.server->awaitLines(" SENT: ", 1, 30s)) << clinic.server->output();
    const std::regex metric{"rota_[a-z_]+"};
    std::set<std::string> missing;
    for (const auto* path : {"/etc/grafana/rota.json", "/etc/examples/alerts.yml"}) {
        std::ifstream file{std::string{std::getenv("ROTA_SOURCE_DIR")} + path};
        const std::string text{std::istreambuf_iterator<char>{file}, {}};
        const auto before = missing.size();
        missing.insert(std::sregex_token_iterator{text.begin(), text.end(), metric}, {});
        ASSERT_GT(missing.size(), before) << path;
    }
    for (const auto end = steady_clock::now() + 20s; !missing.empty() && steady_clock::now() < end;
         std::this_thread::sleep_for(50ms)) {
        const auto metrics = operate(clinic, "/metrics").body;
        std::erase_if(missing, [&](const std::string& name) { return metrics.find("\n" + name) != std::string::npos; });
    }
    EXPECT_THAT(missing, ::testing::IsEmpty());
}

TEST(Operations, ShowsDetailsThatThePublicPortDoesNot) {
    Clinic clinic;
    clinic.start();
    const auto verbose = operate(clinic, "/readyz?verbose");
    EXPECT_EQ(verbose.status, 200);
    EXPECT_EQ(verbose.json()["status"], "ready");
    EXPECT_EQ(verbose.json()["details"]["environment"], "development");
    EXPECT_EQ(verbose.json()["details"]["plugins"][0]["name"], "channel.console");
    EXPECT_GE(verbose.json()["details"]["pool"]["idle"], 1);
    EXPECT_FALSE(operate(clinic, "/readyz").json().contains("details"));
    EXPECT_EQ(clinic.get("/readyz?verbose").body, operate(clinic, "/readyz").body);
    EXPECT_EQ(clinic.get("/metrics").status, 404);
    EXPECT_EQ(operate(clinic, "/api/doctors").status, 404);
}

TEST(Operations, StaysUsefulWhereJobsCannotBeRead) {
    Clinic clinic;
    clinic.start();
    const auto healthy = operate(clinic, "/metrics");
    EXPECT_THAT(healthy.body, HasSubstr("rota_jobs_overdue"));
    clinic.database.execute("ALTER TABLE jobs RENAME TO jobs_away");
    const auto broken = operate(clinic, "/metrics");
    EXPECT_EQ(broken.status, 200);
    EXPECT_THAT(broken.body, HasSubstr("rota_pool_connections"));
    EXPECT_THAT(broken.body, Not(HasSubstr("rota_jobs_overdue")));
}

TEST(Operations, ShowsJobsWithoutContactDataAndRetriesWhatFailed) {
    Clinic clinic;
    clinic.start();
    const auto id = clinic.booked(2, at(comingDay(std::chrono::Monday), "09:00"));
    const auto listed = operate(clinic, fmt::format("/admin/jobs?appointment_id={}&kind=sms_reminder", id));
    ASSERT_EQ(listed.status, 200) << listed.body;
    ASSERT_EQ(listed.json()["jobs"].size(), 1u);
    const auto job = listed.json()["jobs"][0]["id"].get<std::int64_t>();
    EXPECT_EQ(listed.json()["jobs"][0]["state"], "scheduled");
    EXPECT_EQ(listed.json()["next"], nullptr);
    for (const auto* secret : {"@", "212-555", "Maria"})
        EXPECT_THAT(listed.body, Not(HasSubstr(secret)));

    const auto retry = [&](const std::string& body) {
        return HttpClient{clinic.server->operationsPort()}.request("POST", fmt::format("/admin/jobs/{}/retry", job),
                                                                   body);
    };
    EXPECT_EQ(retry("{}").status, 409) << "it waits";
    clinic.database.execute(fmt::format("UPDATE jobs SET state = 'failed' WHERE id = {}", job));
    EXPECT_EQ(operate(clinic, "/admin/jobs?state=failed").json()["jobs"].size(), 1u);
    EXPECT_EQ(retry("{}").status, 200);
    ASSERT_TRUE(clinic.server->awaitLines("SMS SENT: ", 1, 30s)) << clinic.server->output();
    json deliveries;
    for (const auto end = steady_clock::now() + 20s; deliveries.empty() && steady_clock::now() < end;
         std::this_thread::sleep_for(50ms))
        deliveries = operate(clinic, fmt::format("/admin/deliveries?job_id={}", job)).json()["deliveries"];
    ASSERT_EQ(deliveries.size(), 1u);
    EXPECT_EQ(deliveries[0]["outcome"], "sent");
    EXPECT_EQ(deliveries[0]["channel"], "console");

    EXPECT_EQ(operate(clinic, "/admin/jobs?state=lost").status, 400);
    EXPECT_EQ(operate(clinic, "/admin/jobs?limit=1000").status, 400);
    EXPECT_EQ(operate(clinic, "/admin/deliveries?job_id=x").status, 400);
    EXPECT_EQ(clinic.get("/admin/jobs").status, 404) << "not for the public";
}

/// Such as any page can make a browser send, to any address, without a question before.
TEST(Operations, NothingIsChangedForAPageInABrowser) {
    Clinic clinic;
    clinic.start();
    const auto sent = [&](const std::string& path, const std::string& headers) {
        HttpClient client{clinic.server->operationsPort()};
        client.send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
        return client.receive();
    };
    for (const auto* origin : {"http://evil.example", "null"}) {
        const auto headers = fmt::format("Origin: {}\r\nContent-Length: 0\r\n", origin);
        for (const auto* path : {"/admin/plugins/reload", "/admin/jobs/1/retry"}) {
            EXPECT_EQ(sent(path, headers).status, 403) << path;
            EXPECT_EQ(sent(path, headers).json(), (json{{"error", "Not for pages in a browser"}}));
        }
    }
    EXPECT_EQ(sent("/admin/plugins/reload", "").status, 200) << "as curl -X POST sends it, without a length";
    EXPECT_EQ(sent("/admin/jobs/1/retry", "").status, 400) << "it wants a body";
    EXPECT_EQ(operate(clinic, "/readyz", "Origin: http://evil.example\r\n").status, 200);
}

TEST(Operations, ATokenIsAskedOfEveryRequest) {
    Clinic clinic;
    auto options = clinic.options();
    options.settings = {"ops.address = 0.0.0.0"};
    options.environment["ADMIN_TOKEN"] = "s3cret";
    clinic.start(options);
    for (const auto* headers :
         {"", "Authorization: Bearer wrong\r\n", "Authorization: Basic s3cret\r\n", "Authorization: Bearer \r\n"})
        for (const auto* path : {"/metrics", "/readyz", "/healthz", "/nothing", "/admin/jobs", "/admin/deliveries"}) {
            const auto answer = operate(clinic, path, headers);
            EXPECT_EQ(answer.status, 401) << headers << path;
            EXPECT_EQ(answer.json(), (json{{"error", "Unauthorized"}}));
            EXPECT_EQ(answer.header("WWW-Authenticate"), "Bearer");
        }
    EXPECT_EQ(operate(clinic, "/metrics", "Authorization: Bearer s3cret\r\n").status, 200);
    EXPECT_EQ(operate(clinic, "/metrics", "authorization: bearer s3cret\r\n").status, 200);
    EXPECT_THAT(clinic.server->output(), Not(HasSubstr("s3cret")));
}

TEST(Operations, AnotherAddressWithoutATokenIsRefusedAtTheStart) {
    Clinic clinic;
    auto options = clinic.options();
    options.settings = {"ops.address = 0.0.0.0"};
    try {
        clinic.start(options);
        FAIL() << "it started";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("ops.token is not set"));
    }
}

} // namespace
} // namespace rota::testing
