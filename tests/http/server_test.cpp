#include "http/server.hpp"
#include "support/http_client.hpp"
#include "support/manual_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace rota::testing {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A door that opens once.
class Gate {
public:
    void open() {
        {
            const std::lock_guard lock{mutex_};
            open_ = true;
        }
        opened_.notify_all();
    }
    void wait() {
        std::unique_lock lock{mutex_};
        opened_.wait(lock, [this] { return open_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable opened_;
    bool open_ = false;
};

/// Echoes bodies; "/wait" until the gate opens, "/large" is 8 MB, "/throws" throws.
class ServerTest : public ::testing::Test {
protected:
    http::HttpServer& start(http::HttpServerOptions options = {}) {
        options.address = "127.0.0.1";
        if (options.threads > 8) options.threads = 8;
        options.observer = [this](std::string_view, std::string_view, int, steady_clock::duration) { ++observed_; };
        server_ = std::make_unique<http::HttpServer>(options, clock_, [this](const auto& r) { return answer(r); });
        return *server_;
    }

    http::Response answer(const http::Request& request) {
        http::Response response;
        response.route = "/any";
        response.body = request.body.empty() ? "\"" + request.path + "\"" : request.body;
        if (request.path == "/wait") {
            ++waiting_;
            gate_.wait();
        }
        if (request.path == "/large") response.body = std::string(8 << 20, 'x');
        if (request.path == "/throws") throw std::runtime_error("secret");
        return response;
    }

    void awaitWaiting(int count) {
        while (waiting_ < count)
            std::this_thread::sleep_for(1ms);
    }

    HttpClient connect() { return HttpClient{server_->port()}; }

    ManualClock clock_{base::fromUnixMs(1773147600000)};
    Gate gate_;
    std::atomic<int> waiting_ = 0;
    std::atomic<int> observed_ = 0;
    std::unique_ptr<http::HttpServer> server_;
};

steady_clock::duration timed(const std::function<void()>& work) {
    const auto began = steady_clock::now();
    work();
    return steady_clock::now() - began;
}

TEST_F(ServerTest, AnswersWithEverythingAnAnswerCarries) {
    start();
    auto client = connect();
    const auto answer = client.request("GET", "/x", "", "X-Request-Id: mine-1\r\n");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "\"/x\"");
    EXPECT_EQ(answer.header("Content-Type"), "application/json; charset=utf-8");
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(answer.header("Cache-Control"), "no-store");
    EXPECT_EQ(answer.header("X-Request-Id"), "mine-1");
    EXPECT_EQ(answer.header("Date"), "Tue, 10 Mar 2026 13:00:00 GMT");
    EXPECT_EQ(answer.header("Connection"), "keep-alive");

    const auto other = client.request("GET", "/y", "", "X-Request-Id: not; mine\r\n");
    EXPECT_THAT(other.header("X-Request-Id"), ::testing::MatchesRegex("[0-9a-f]{16}"));
    EXPECT_EQ(observed_, 2);
}

TEST_F(ServerTest, AnswersHeadWithTheLengthAlone) {
    start();
    auto client = connect();
    const auto head = client.request("HEAD", "/x");
    EXPECT_EQ(head.header("Content-Length"), "4");
    EXPECT_EQ(client.get("/after").body, "\"/after\"");
}

TEST_F(ServerTest, AnswersPipelinedRequestsInTheirOrder) {
    start();
    auto client = connect();
    std::string bytes;
    for (int i = 0; i < 200; ++i)
        bytes += HttpClient::bytes("POST", "/x", std::to_string(i));
    client.send(bytes);
    for (int i = 0; i < 200; ++i)
        ASSERT_EQ(client.receive().body, std::to_string(i));
}

TEST_F(ServerTest, AnswersAClientThatHasClosedItsHalf) {
    start();
    auto client = connect();
    client.send(HttpClient::bytes("POST", "/x", "1"));
    client.finishSending();
    EXPECT_EQ(client.receive().body, "1");
    EXPECT_TRUE(client.closedByServer());
}

TEST_F(ServerTest, AsksForABodyThatAClientHoldsBack) {
    start();
    auto client = connect();
    client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.receive().status, 100);
    client.send("7");
    EXPECT_EQ(client.receive().body, "7");
}

TEST_F(ServerTest, TellsAClientWhyItIsRefusedThoughItStillSends) {
    start();
    auto client = connect();
    client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\nX-Request-Id: big\r\n\r\n" +
                std::string(300'000, 'b'));
    const auto answer = client.receive();
    EXPECT_EQ(answer.status, 413);
    EXPECT_EQ(answer.body, R"({"error":"Request body too large"})");
    EXPECT_EQ(answer.header("X-Request-Id"), "big");
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_TRUE(client.closedByServer());
}

TEST_F(ServerTest, NeverTakesWhatFollowsARefusedRequestForAnother) {
    start();
    auto client = connect();
    client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
                HttpClient::bytes("GET", "/smuggled"));
    EXPECT_EQ(client.receive().status, 400);
    EXPECT_TRUE(client.closedByServer());
    EXPECT_EQ(observed_, 1);
}

/// Shapes on which a proxy and a server have differed somewhere: each is refused, and nothing behind it is answered.
TEST_F(ServerTest, LetsNothingBeSmuggled) {
    start();
    const std::string chunks = "0\r\n\r\n";
    const std::vector<std::string> shapes{"Content-Length: 5\r\nContent-Length: 5\r\n\r\n" + chunks,
                                          "Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + chunks,
                                          "Content-Length: 5, 5\r\n\r\n" + chunks,
                                          "Content-Length: +5\r\n\r\n" + chunks,
                                          "Content-Length: 0x5\r\n\r\n" + chunks,
                                          "Content-Length : 5\r\n\r\n" + chunks,
                                          "Content-Length:\r\n 5\r\n\r\n" + chunks,
                                          "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + chunks,
                                          "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + chunks,
                                          "Transfer-Encoding: chunked, identity\r\n\r\n" + chunks,
                                          "Transfer-Encoding: xchunked\r\n\r\n" + chunks,
                                          "Transfer-Encoding: \x0b"
                                          "chunked\r\n\r\n" +
                                              chunks,
                                          "Transfer-Encoding : chunked\r\n\r\n" + chunks,
                                          "X: y\rTransfer-Encoding: chunked\r\n\r\n" + chunks,
                                          "X: y\nTransfer-Encoding: chunked\r\n\r\n" + chunks,
                                          "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
                                          "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
                                          "Transfer-Encoding: chunked\r\n\r\n0;\nx\r\n\r\n",
                                          "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n" + chunks,
                                          "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\na\r\n" + chunks};
    for (const auto& shape : shapes) {
        auto client = connect();
        client.send("POST /x HTTP/1.1\r\nHost: a\r\n" + shape + HttpClient::bytes("GET", "/smuggled"));
        const auto answer = client.receive();
        EXPECT_TRUE(answer.status >= 400 && answer.status <= 501) << shape << answer.status;
        EXPECT_EQ(answer.header("Connection"), "close") << shape;
        EXPECT_TRUE(client.closedByServer()) << shape;
    }
    EXPECT_EQ(observed_, static_cast<int>(shapes.size()));
}

TEST_F(ServerTest, NeverTakesWhatFollowsAPostWithoutALengthForAnother) {
    start();
    auto client = connect();
    client.send("POST /x HTTP/1.1\r\nHost: a\r\n\r\n" + HttpClient::bytes("GET", "/smuggled"));
    const auto answer = client.receive();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "\"/x\"");
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_TRUE(client.closedByServer());
    EXPECT_EQ(observed_, 1);
}

TEST_F(ServerTest, ReadsChunksInWhateverPiecesTheyArrive) {
    start();
    const auto bytes = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=\"y\"\r\n[1, 2\r\n"
                       "4\r\n, 3]\r\n0\r\nTrailer: t\r\n\r\n" +
                       HttpClient::bytes("GET", "/after");
    auto client = connect();
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        client.send(bytes.substr(at, 3));
        std::this_thread::sleep_for(1ms);
    }
    EXPECT_EQ(client.receive().body, "[1, 2, 3]");
    EXPECT_EQ(client.receive().body, "\"/after\"");
    auto endless = connect();
    endless.send("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    const auto chunk = "4000\r\n" + std::string(0x4000, 'x') + "\r\n";
    for (int i = 0; i < 5; ++i)
        endless.send(chunk);
    EXPECT_EQ(endless.receive().status, 413);
    EXPECT_TRUE(endless.closedByServer());
}

TEST_F(ServerTest, LargeRequestsTogetherTakeNoMoreThanTheirPart) {
    start({.largeRequestsBytes = 1'000'000});
    const std::string head = "POST /api/webhooks/x HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n";
    auto first = connect();
    auto second = connect();
    first.send(head + std::string(800'000, 'x'));
    std::this_thread::sleep_for(1s); // until it has been read
    second.send(head + std::string(800'000, 'y'));
    const auto refused = second.receive();
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.header("Retry-After"), "30");
    EXPECT_TRUE(second.closedByServer());
    EXPECT_EQ(connect().get("/x").status, 200) << "others are served";
    first.send(std::string(100'000, 'x'));
    EXPECT_EQ(first.receive().body.size(), 900'000U);
    auto again = connect();
    again.send(head + std::string(900'000, 'y'));
    EXPECT_EQ(again.receive().status, 200);
}

TEST_F(ServerTest, SaysNothingOfWhatAHandlerThrows) {
    start();
    auto client = connect();
    const auto answer = client.get("/throws");
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.body, R"({"error":"Internal server error"})");
    EXPECT_EQ(client.get("/x").status, 200);
}

TEST_F(ServerTest, LetsNeitherIdleNorHalfSentClientsStarveTheOthers) {
    start({.threads = 4});
    std::vector<HttpClient> others;
    for (int i = 0; i < 1300; ++i) {
        others.push_back(connect());
        if (i % 4 == 0)
            others.back().send(i % 8 == 0 ? "GET / HT" : "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n1");
    }
    auto client = connect();
    EXPECT_LT(timed([&] { EXPECT_EQ(client.get("/x").status, 200); }), 1s);
    others.front().send("TP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(others.front().receive().status, 200);
    others[1].send(HttpClient::bytes("GET", "/x"));
    EXPECT_EQ(others[1].receive().status, 200);
}

TEST_F(ServerTest, CutsOffARequestThatTricklesIn) {
    start({.requestReadDeadline = 400ms});
    auto client = connect();
    const auto took = timed([&] {
        for (int i = 0; i < 15; ++i) {
            client.send(i == 0 ? "G" : "E");
            std::this_thread::sleep_for(50ms);
        }
        EXPECT_EQ(client.receive().status, 408);
    });
    EXPECT_LT(took, 2s);
    EXPECT_TRUE(client.closedByServer());
}

/// The deadline is the whole request's: neither a byte now and then nor a body moves it.
TEST_F(ServerTest, CutsOffAHeadOrABodyThatNeverEnds) {
    start({.requestReadDeadline = 400ms});
    for (const std::string begun :
         {"GET /x HTTP/1.1\r\nHost: a\r\nX: ", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n"}) {
        auto client = connect();
        EXPECT_EQ(client.get("/before").status, 200);
        client.send(begun);
        const auto took = timed([&] {
            for (int i = 0; i < 12; ++i) {
                std::this_thread::sleep_for(50ms);
                client.send("y");
            }
            EXPECT_EQ(client.receive().status, 408) << begun;
        });
        EXPECT_LT(took, 2s);
        EXPECT_TRUE(client.closedByServer());
    }
}

TEST_F(ServerTest, GivesEachPipelinedRequestItsOwnTime) {
    start({.requestReadDeadline = 1s});
    auto client = connect();
    const auto bytes = HttpClient::bytes("GET", "/x");
    client.send(bytes.substr(0, 10));
    for (int i = 0; i < 6; ++i) {
        std::this_thread::sleep_for(200ms);
        client.send(bytes.substr(10) + bytes.substr(0, 10));
        EXPECT_EQ(client.receive().status, 200);
    }
}

TEST_F(ServerTest, ClosesWhatIsIdleForLong) {
    start({.keepAliveIdle = 300ms});
    auto silent = connect();
    auto client = connect();
    EXPECT_EQ(client.get("/x").status, 200);
    EXPECT_TRUE(client.closedByServer());
    EXPECT_TRUE(silent.closedByServer());
}

TEST_F(ServerTest, DoesNotWaitForAClientThatDoesNotRead) {
    auto& server = start({.threads = 1, .responseWriteDeadline = 500ms});
    auto deaf = connect();
    deaf.send(HttpClient::bytes("GET", "/large"));
    auto client = connect();
    EXPECT_LT(timed([&] { EXPECT_EQ(client.get("/x").status, 200); }), 1s);
    const auto giveUp = steady_clock::now() + 5s;
    while (server.connections() > 1 && steady_clock::now() < giveUp)
        std::this_thread::sleep_for(10ms);
    EXPECT_EQ(server.connections(), 1u);
}

TEST_F(ServerTest, SendsLargeAnswersWhole) {
    start();
    auto client = connect();
    client.send(HttpClient::bytes("GET", "/large") + HttpClient::bytes("GET", "/x"));
    EXPECT_EQ(client.receive().body.size(), std::size_t{8 << 20});
    EXPECT_EQ(client.receive().body, "\"/x\"");
}

TEST_F(ServerTest, PrefersNewClientsToThoseIdleLongest) {
    auto& server = start({.connections = 10});
    std::vector<HttpClient> idle;
    for (int i = 0; i < 10; ++i) {
        idle.push_back(connect());
        EXPECT_EQ(idle.back().get("/x").status, 200);
    }
    EXPECT_EQ(idle[0].get("/again").status, 200);
    auto client = connect();
    EXPECT_EQ(client.get("/x").status, 200);
    EXPECT_EQ(server.connections(), 10u);
    EXPECT_EQ(idle[0].get("/x").status, 200) << "it was not the one that was idle longest";
    int closed = 0;
    for (auto& other : idle) {
        try {
            other.get("/x");
        } catch (const std::runtime_error&) {
            ++closed;
        }
    }
    EXPECT_EQ(closed, 1);
}

TEST_F(ServerTest, FinishesWhatIsUnderWayBeforeItStops) {
    auto& server = start();
    auto busy = connect();
    auto idle = connect();
    EXPECT_EQ(idle.get("/x").status, 200);
    busy.send(HttpClient::bytes("GET", "/wait"));
    awaitWaiting(1);
    const auto port = server.port();
    std::thread stopping{[&] { server.stop(); }};
    EXPECT_TRUE(idle.closedByServer());
    EXPECT_THROW(HttpClient{port}, std::runtime_error);
    gate_.open();
    const auto answer = busy.receive();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Connection"), "close");
    stopping.join();
}

TEST_F(ServerTest, StopsInTimeThoughClientsDoNot) {
    auto& server = start();
    auto half = connect();
    half.send("GET / HT");
    auto deaf = connect();
    deaf.send(HttpClient::bytes("GET", "/large"));
    EXPECT_EQ(connect().get("/x").status, 200);
    EXPECT_LT(timed([&] { server.stop(1s); }), 3s);
    EXPECT_EQ(server.connections(), 0u);
}

TEST_F(ServerTest, SaysThatItsPortIsTaken) {
    auto& server = start();
    try {
        http::HttpServer second{{.address = "127.0.0.1", .port = server.port()}, clock_, nullptr};
        FAIL() << "two servers on one port";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("is in use"));
    }
    EXPECT_THROW((http::HttpServer{{.address = "no.such.host.invalid"}, clock_, nullptr}), std::runtime_error);
}

TEST_F(ServerTest, ServesManyAtOnce) {
    start();
    std::atomic<int> right = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 32; ++i)
        threads.emplace_back([this, i, &right] {
            auto client = connect();
            for (int j = 0; j < 50; ++j) {
                const auto body = std::to_string(i * 1000 + j);
                if (client.request("POST", "/x", body).body == body) ++right;
            }
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(right, 32 * 50);
}

} // namespace
} // namespace rota::testing
