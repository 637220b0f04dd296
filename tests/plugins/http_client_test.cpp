#include "plugin_host/abi.hpp"
#include "plugin_host/http_client.hpp"
#include "support.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <mutex>
#include <thread>

namespace rota::testing {
namespace {

using plugin_host::HttpClient;

/// A server that says what it is told to, to one connection after another, and remembers what it got.
class ScriptedServer {
public:
    /// `answer` is sent after each request of a connection; an empty one closes the connection instead.
    explicit ScriptedServer(std::string answer) : answer_(std::move(answer)) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 || ::listen(listener_, 8) != 0)
            throw std::runtime_error("cannot listen");
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
        url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
        thread_ = std::jthread([this] { serve(); });
    }
    ~ScriptedServer() {
        stopping_ = true;
        ::shutdown(listener_, SHUT_RDWR);
        const std::scoped_lock lock(mutex_);
        if (connection_ >= 0) ::shutdown(connection_, SHUT_RDWR);
    }
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    const std::string& url() const { return url_; }
    int connections() const { return connections_; }
    void answer(std::string next) {
        const std::scoped_lock lock(mutex_);
        answer_ = std::move(next);
    }
    std::vector<std::string> requests() const {
        const std::scoped_lock lock(mutex_);
        return requests_;
    }

private:
    void serve() {
        while (!stopping_) {
            const int connection = ::accept(listener_, nullptr, nullptr);
            if (connection < 0) break;
            ++connections_;
            {
                const std::scoped_lock lock(mutex_);
                connection_ = connection;
            }
            std::array<char, 16384> buffer{};
            for (ssize_t got = 0; (got = ::read(connection, buffer.data(), buffer.size())) > 0;) {
                std::string reply;
                {
                    const std::scoped_lock lock(mutex_);
                    requests_.emplace_back(buffer.data(), static_cast<std::size_t>(got));
                    reply = answer_;
                }
                if (reply.empty() || ::send(connection, reply.data(), reply.size(), MSG_NOSIGNAL) < 0) break;
            }
            const std::scoped_lock lock(mutex_);
            connection_ = -1;
            ::close(connection);
        }
        ::close(listener_);
    }

    std::atomic<bool> stopping_{false};
    int listener_ = -1;
    std::string url_;
    std::atomic<int> connections_{0};
    mutable std::mutex mutex_;
    int connection_ = -1;
    std::string answer_;
    std::vector<std::string> requests_;
    std::jthread thread_; // last: it ends before what it uses
};

constexpr const char* kOk = "HTTP/1.1 202 Accepted\r\nX-Message-Id: abc\r\nContent-Length: 5\r\n\r\nhello";

struct Answer {
    rota_status status = ROTA_OK;
    std::int32_t httpStatus = 0;
    std::string headers;
    std::string body;
    std::uint32_t flags = 0;
    std::uint32_t retryAfterMs = 0;
    std::string error;
};

struct Wanted {
    std::string method = "POST";
    std::string url{};
    std::string body = "{}";
    std::vector<std::pair<std::string, std::string>> headers{};
    std::uint32_t timeoutMs = 0;
    std::uint64_t most = 0;
    bool cancelled = false;
};

class HttpClientTest : public ::testing::Test {
protected:
    Answer ask(HttpClient& client, const Wanted& wanted) {
        auto call = plugin_host::sized<rota_call>();
        call.timeout_ms = 3000;
        call.ctx = &wanted;
        call.cancelled = [](const void* ctx) -> std::int32_t { return static_cast<const Wanted*>(ctx)->cancelled; };
        std::vector<rota_http_header> headers;
        for (const auto& [name, value] : wanted.headers)
            headers.push_back({sizeof(rota_http_header), 0, plugin_host::borrowed(name), plugin_host::borrowed(value)});
        auto request = plugin_host::sized<rota_http_request>();
        request.method = plugin_host::borrowed(wanted.method);
        request.url = plugin_host::borrowed(wanted.url);
        request.body = plugin_host::borrowed(wanted.body);
        request.headers = headers.data();
        request.header_count = static_cast<std::uint32_t>(headers.size());
        request.header_stride = sizeof(rota_http_header);
        request.timeout_ms = wanted.timeoutMs;
        request.max_response_bytes = wanted.most;

        Answer answer;
        auto response = plugin_host::sized<rota_http_response>();
        response.ctx = &answer;
        response.on_header = [](void* ctx, rota_str name, rota_str value) -> rota_status {
            static_cast<Answer*>(ctx)
                ->headers.append(plugin_host::view(name))
                .append("=")
                .append(plugin_host::view(value)) += ';';
            return ROTA_OK;
        };
        response.on_body = [](void* ctx, rota_str bytes) -> rota_status {
            static_cast<Answer*>(ctx)->body.append(plugin_host::view(bytes));
            return ROTA_OK;
        };
        auto error = plugin_host::sized<rota_error>();
        answer.status = client.perform(call, request, response, error);
        answer.httpStatus = response.status;
        answer.flags = response.flags;
        answer.retryAfterMs = response.retry_after_ms;
        answer.error = plugin_host::text(error.message);
        return answer;
    }
    Answer ask(const ScriptedServer& server, Wanted wanted = {}) {
        HttpClient client(plugin_host::allowedHosts("", {server.url() + "/configured"}), clock_);
        if (wanted.url.empty()) wanted.url = server.url() + "/send";
        return ask(client, wanted);
    }

    FixedClock clock_;
};

TEST_F(HttpClientTest, BringsTheAnswer) {
    const ScriptedServer server(kOk);
    const auto answer =
        ask(server, {.body = R"({"a":1})", .headers = {{"Authorization", "Bearer k"}, {"X-Empty", ""}}});
    EXPECT_EQ(answer.status, ROTA_OK) << answer.error;
    EXPECT_EQ(answer.httpStatus, 202);
    EXPECT_EQ(answer.body, "hello");
    EXPECT_EQ(answer.headers, "x-message-id=abc;content-length=5;");
    ASSERT_EQ(server.requests().size(), 1U);
    const auto request = server.requests()[0];
    EXPECT_TRUE(request.starts_with("POST /send HTTP/1.1\r\n")) << request;
    EXPECT_NE(request.find("Authorization: Bearer k\r\n"), std::string::npos) << request;
    EXPECT_NE(request.find("X-Empty:"), std::string::npos) << request;
    EXPECT_EQ(request.find("Content-Type"), std::string::npos) << "what the plugin does not say is not said";
    EXPECT_TRUE(request.ends_with("\r\n\r\n{\"a\":1}")) << request;
}

TEST_F(HttpClientTest, ReusesItsConnection) {
    const ScriptedServer server(kOk);
    HttpClient client(plugin_host::allowedHosts("", {server.url()}), clock_);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(ask(client, {.url = server.url()}).status, ROTA_OK);
    EXPECT_EQ(server.connections(), 1);
    EXPECT_EQ(server.requests().size(), 3U);
}

TEST_F(HttpClientTest, NothingWrittenIsUnavailable) {
    std::string url;
    {
        const ScriptedServer gone(kOk);
        url = gone.url();
    }
    HttpClient client(plugin_host::allowedHosts("", {url}), clock_);
    const auto answer = ask(client, {.url = url});
    EXPECT_EQ(answer.status, ROTA_UNAVAILABLE);
    EXPECT_EQ(answer.httpStatus, 0);
    EXPECT_TRUE(answer.error.starts_with("not sent: ")) << answer.error;
}

TEST_F(HttpClientTest, WrittenWithoutAnAnswerIsUnknown) {
    ScriptedServer server("");
    EXPECT_EQ(ask(server).status, ROTA_UNKNOWN_OUTCOME);
    server.answer("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nonly a part");
    EXPECT_EQ(ask(server, {.timeoutMs = 200}).status, ROTA_UNKNOWN_OUTCOME);
    server.answer("no HTTP at all\r\n\r\n");
    EXPECT_EQ(ask(server, {.timeoutMs = 500}).status, ROTA_UNKNOWN_OUTCOME);
}

// libcurl by itself repeats a request whose reused connection is closed without an answer: that would be a second SMS.
TEST_F(HttpClientTest, ARequestThatWasWrittenIsNeverRepeated) {
    ScriptedServer server(kOk);
    HttpClient client(plugin_host::allowedHosts("", {server.url()}), clock_);
    EXPECT_EQ(ask(client, {.url = server.url()}).status, ROTA_OK);
    server.answer("");
    EXPECT_EQ(ask(client, {.url = server.url()}).status, ROTA_UNKNOWN_OUTCOME);
    EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(HttpClientTest, ACancelledCallSendsNothing) {
    const ScriptedServer server(kOk);
    EXPECT_EQ(ask(server, {.cancelled = true}).status, ROTA_CANCELLED);
    EXPECT_TRUE(server.requests().empty());
}

TEST_F(HttpClientTest, OnlyAllowedHostsAreCalled) {
    const ScriptedServer server(kOk);
    HttpClient client(plugin_host::allowedHosts("api.example.com", {}), clock_);
    for (const std::string& url :
         {server.url(), std::string("https://evil.example/"), std::string("http://api.example.com/"),
          std::string("https://api.example.com:8443/"), std::string("https://api.example.com.evil.example/")})
        EXPECT_EQ(ask(client, {.url = url}).status, ROTA_CONFIG) << url;
    for (const char* url : {"file:///etc/passwd", "https://user:pw@api.example.com/", "api example", ""})
        EXPECT_NE(ask(client, {.url = url}).status, ROTA_OK) << url;
    EXPECT_TRUE(server.requests().empty());
}

TEST_F(HttpClientTest, HeadersCannotSmuggle) {
    const ScriptedServer server(kOk);
    for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{{"X-A", "1\r\nX-B: 2"},
                                                                                      {"X A", "1"},
                                                                                      {"", "1"},
                                                                                      {"Host", "evil"},
                                                                                      {"content-length", "0"},
                                                                                      {"Transfer-Encoding", "chunked"}})
        EXPECT_EQ(ask(server, {.headers = {{name, value}}}).status, ROTA_UNSUPPORTED) << name;
    EXPECT_EQ(ask(server, {.method = "POST /x HTTP/1.1\r\n"}).status, ROTA_UNSUPPORTED);
    EXPECT_TRUE(server.requests().empty());
}

TEST_F(HttpClientTest, LongAnswersAreCut) {
    const ScriptedServer server(kOk);
    const auto answer = ask(server, {.most = 2});
    EXPECT_EQ(answer.status, ROTA_OK);
    EXPECT_EQ(answer.httpStatus, 202);
    EXPECT_EQ(answer.body, "he");
    EXPECT_EQ(answer.flags, std::uint32_t{ROTA_HTTP_TRUNCATED});
}

TEST_F(HttpClientTest, RetryAfterInBothForms) {
    ScriptedServer server("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(ask(server).retryAfterMs, 7000U);
    clock_.set(base::fromUnixMs(1'445'412'475'000)); // five seconds before
    server.answer(
        "HTTP/1.1 429 Too Many Requests\r\nRetry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(ask(server).retryAfterMs, 5000U);
    server.answer("HTTP/1.1 429 Too Many Requests\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(ask(server).retryAfterMs, 0U);
}

TEST_F(HttpClientTest, RedirectsAreAnswersToo) {
    const ScriptedServer server("HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(ask(server).httpStatus, 302);
    EXPECT_EQ(server.requests().size(), 1U);
}

} // namespace
} // namespace rota::testing
