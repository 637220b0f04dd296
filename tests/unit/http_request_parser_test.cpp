#include "base/limits.hpp"
#include "http/protocol.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>

namespace rota::http {
namespace {

namespace limits = base::limits;
using ::testing::IsEmpty;

/// All that comes out of a connection's bytes: whole requests, and the error that ended it.
struct Conversation {
    std::vector<Complete> requests;
    std::optional<ProtocolError> error;
    std::string rest;
};

Conversation converse(const std::string& bytes, const std::vector<std::size_t>& cuts) {
    Conversation all;
    RequestParser parser;
    std::string received;
    const auto drain = [&] {
        while (!all.error) {
            auto parsed = parser.parse(received);
            if (std::holds_alternative<NeedsMore>(parsed)) return;
            if (auto* complete = std::get_if<Complete>(&parsed)) all.requests.push_back(*complete);
            if (auto* error = std::get_if<ProtocolError>(&parsed)) all.error = *error;
        }
    };
    std::size_t from = 0;
    for (const auto cut : cuts) {
        received += bytes.substr(from, cut - from);
        from = cut;
        drain();
    }
    received += bytes.substr(from);
    drain();
    all.rest = received;
    return all;
}

Conversation converse(const std::string& bytes) {
    return converse(bytes, {});
}

int refusedWith(const std::string& bytes) {
    const auto conversation = converse(bytes);
    return conversation.requests.empty() && conversation.error ? conversation.error->status : 0;
}

const std::string kGet = "GET /api/doctors?date=2026-03-10 HTTP/1.1\r\nHost: clinic.example:5000\r\n\r\n";
const std::string kPost = "POST /api/patients HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12345";
const std::string kChunked = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                             "3\r\nabc\r\nA;why=not\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n";

TEST(RequestParser, ReadsAPlainRequest) {
    const auto [requests, error, rest] = converse(kGet);
    ASSERT_EQ(requests.size(), 1u);
    const auto& request = requests[0].request;
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.path, "/api/doctors");
    EXPECT_EQ(request.query, "date=2026-03-10");
    EXPECT_EQ(request.header("host"), "clinic.example:5000");
    EXPECT_TRUE(requests[0].keepAlive);
    EXPECT_THAT(rest, IsEmpty());
}

TEST(RequestParser, ReadsBodiesByLengthAndInChunks) {
    EXPECT_EQ(converse(kPost).requests.at(0).request.body, "12345");
    EXPECT_EQ(converse(kChunked).requests.at(0).request.body, "abc0123456789");
}

TEST(RequestParser, PassesOverALineOrTwoBeforeARequestAndNoMore) {
    EXPECT_EQ(converse("\r\n\r\n" + kGet).requests.size(), 1u);
    EXPECT_EQ(converse(kPost + "\r\n" + kGet).requests.size(), 2u);
    std::string lines;
    for (int i = 0; i < 9; ++i)
        lines += "\r\n";
    EXPECT_EQ(refusedWith(lines + kGet), 400);
    EXPECT_EQ(converse(lines + kGet, {1, 2, 3, 5, 7, 11}).error.value().status, 400) << "in any pieces";
}

/// As curl sends a POST without data.
TEST(RequestParser, HasNoBodyWhereNothingAnnouncesOne) {
    for (const auto* method : {"POST", "PUT", "PATCH"}) {
        const auto sent = [&](const std::string& fields) {
            return converse(method + (" /x HTTP/1.1\r\nHost: a\r\n" + fields) + "\r\n").requests.at(0);
        };
        EXPECT_THAT(sent("").request.body, IsEmpty());
        EXPECT_FALSE(sent("").keepAlive) << "what follows might have been meant as the body";
        EXPECT_TRUE(sent("Content-Length: 0\r\n").keepAlive);
    }
    EXPECT_TRUE(converse("DELETE /x HTTP/1.1\r\nHost: a\r\n\r\n").requests.at(0).keepAlive);
}

TEST(RequestParser, ReadsPipelinedRequestsOneByOne) {
    const auto all = converse(kPost + kGet + "\r\n" + kChunked + kGet);
    ASSERT_EQ(all.requests.size(), 4u);
    EXPECT_EQ(all.requests[2].request.body, "abc0123456789");
    EXPECT_FALSE(all.error);
    EXPECT_THAT(all.rest, IsEmpty());
}

std::vector<std::string> outcome(const Conversation& all) {
    std::vector<std::string> outcome;
    for (const auto& complete : all.requests)
        outcome.push_back(complete.request.method + " " + complete.request.path + " " + complete.request.body);
    outcome.push_back(all.error ? std::to_string(all.error->status) : "waiting");
    return outcome;
}

/// Also of bytes that nobody should send: an attacker chooses where they are cut.
RC_GTEST_PROP(RequestParser, FindsTheSameHoweverTheBytesAreCut, (const std::string& noise)) {
    auto bytes = kPost + "\r\n" + kGet + kChunked + kGet;
    bytes.insert(*rc::gen::inRange<std::size_t>(0, bytes.size()), noise);
    std::vector<std::size_t> everywhere(bytes.size());
    std::iota(everywhere.begin(), everywhere.end(), 0u);
    auto cuts = *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, bytes.size()));
    std::sort(cuts.begin(), cuts.end());
    RC_ASSERT(outcome(converse(bytes, cuts)) == outcome(converse(bytes)));
    RC_ASSERT(outcome(converse(bytes, everywhere)) == outcome(converse(bytes)));
}

TEST(RequestParser, KeepsTheConnectionAsTheVersionsSay) {
    const auto keepAlive = [](const std::string& head) { return converse(head + "\r\n\r\n").requests.at(0).keepAlive; };
    EXPECT_TRUE(keepAlive("GET / HTTP/1.1\r\nHost: a"));
    EXPECT_FALSE(keepAlive("GET / HTTP/1.1\r\nHost: a\r\nConnection: foo, Close"));
    EXPECT_FALSE(keepAlive("GET / HTTP/1.0"));
    EXPECT_TRUE(keepAlive("GET / HTTP/1.0\r\nConnection: keep-alive"));
}

TEST(RequestParser, TakesADecentRequestIdOnly) {
    const auto id = [](const std::string& value) {
        return converse("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: " + value + "\r\n\r\n").requests.at(0).request.id;
    };
    EXPECT_EQ(id("Aa0.-_"), "Aa0.-_");
    EXPECT_EQ(id(std::string(64, 'x')), std::string(64, 'x'));
    EXPECT_EQ(id(std::string(65, 'x')), "");
    EXPECT_EQ(id("a b"), "");
    EXPECT_EQ(id("\"x\""), "");
}

TEST(RequestParser, AsksForTheBodyOnceWhereTheClientWaits) {
    RequestParser parser;
    std::string bytes = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n";
    EXPECT_TRUE(std::holds_alternative<NeedsMore>(parser.parse(bytes)));
    EXPECT_TRUE(parser.takeContinue());
    EXPECT_FALSE(parser.takeContinue());
    bytes += "ok";
    EXPECT_EQ(std::get<Complete>(parser.parse(bytes)).request.body, "ok");
}

TEST(RequestParser, AcceptsTheTargetsThatProxiesSend) {
    const auto target = [](const std::string& text) {
        return converse("OPTIONS " + text + " HTTP/1.1\r\nHost: a\r\n\r\n").requests.at(0).request;
    };
    EXPECT_EQ(target("http://clinic.example/api/doctors?x=1").path, "/api/doctors");
    EXPECT_EQ(target("http://clinic.example/api/doctors?x=1").query, "x=1");
    EXPECT_EQ(target("http://clinic.example").path, "/");
    EXPECT_EQ(target("*").path, "*");
    EXPECT_EQ(target("//a//b").path, "//a//b");
}

struct Refused {
    const char* why;
    int status;
    std::string bytes;
};

const std::string kHost = "Host: a\r\n";
std::string get(const std::string& fields) {
    return "GET / HTTP/1.1\r\n" + fields + "\r\n";
}
std::string post(const std::string& fields, const std::string& body = "") {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}
const std::string kChunks = "Transfer-Encoding: chunked\r\n";

class RefusedRequests : public ::testing::TestWithParam<Refused> {};

TEST_P(RefusedRequests, GetTheirStatus) {
    EXPECT_EQ(refusedWith(GetParam().bytes), GetParam().status) << GetParam().why;
}

INSTANTIATE_TEST_SUITE_P(
    RequestLines, RefusedRequests,
    ::testing::Values(Refused{"line feed alone", 400, "GET / HTTP/1.1\n"},
                      Refused{"carriage return alone", 400, "GET / HTTP/1.1\rHost"},
                      Refused{"a control character", 400, "GET /\x01 HTTP/1.1\r\n"},
                      Refused{"a NUL", 400, std::string("GET /\0", 6)}, Refused{"TLS", 400, "\x16\x03\x01\x02"},
                      Refused{"two spaces", 400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"},
                      Refused{"no version", 400, "GET /\r\nHost: a\r\n\r\n"},
                      Refused{"a space in the target", 400, "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"},
                      Refused{"a fragment", 400, "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"},
                      Refused{"eight-bit target", 400, "GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n"},
                      Refused{"no slash", 400, "GET a HTTP/1.1\r\nHost: a\r\n\r\n"},
                      Refused{"a star for GET", 400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n"},
                      Refused{"HTTP/2", 505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"},
                      Refused{"lower-case version", 400, "GET / http/1.1\r\nHost: a\r\n\r\n"},
                      Refused{"an unknown method", 501, "BREW / HTTP/1.1\r\nHost: a\r\n\r\n"},
                      Refused{"a method in lower case", 501, "get / HTTP/1.1\r\nHost: a\r\n\r\n"},
                      Refused{"CONNECT", 501, "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"},
                      Refused{"a long target", 414,
                              "GET /" + std::string(limits::kRequestTargetBytes, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n"},
                      Refused{"an endless target", 414,
                              "GET /" + std::string(limits::kRequestTargetBytes + 100, 'a')}));

INSTANTIATE_TEST_SUITE_P(
    Fields, RefusedRequests,
    ::testing::Values(
        Refused{"no host", 400, get("")}, Refused{"two hosts", 400, get(kHost + kHost)},
        Refused{"an odd host", 400, get("Host: a/b\r\n")}, Refused{"a folded line", 400, get(kHost + "X: a\r\n b\r\n")},
        Refused{"a space before the colon", 400, get("Host : a\r\n")},
        Refused{"no colon", 400, get(kHost + "what\r\n")}, Refused{"no name", 400, get(kHost + ": x\r\n")},
        Refused{"another expectation", 417, get(kHost + "Expect: gifts\r\n")},
        Refused{"a hundred fields too many", 431,
                [] {
                    std::string fields = kHost;
                    for (std::size_t i = 0; i < limits::kRequestHeaderFields; ++i)
                        fields += "X: y\r\n";
                    return get(fields);
                }()},
        Refused{"a large head", 431, get(kHost + "X: " + std::string(limits::kRequestHeadBytes, 'y') + "\r\n")},
        Refused{"an endless head", 431, "GET / HTTP/1.1\r\nX: " + std::string(20000, 'y')}));

INSTANTIATE_TEST_SUITE_P(
    Bodies, RefusedRequests,
    ::testing::Values(Refused{"a negative length", 400, post("Content-Length: -1\r\n")},
                      Refused{"a length with a sign", 400, post("Content-Length: +5\r\n", "12345")},
                      Refused{"a length in hex", 400, post("Content-Length: 0x5\r\n", "12345")},
                      Refused{"an empty length", 400, post("Content-Length: \r\n")},
                      Refused{"a list of lengths", 400, post("Content-Length: 5, 5\r\n", "12345")},
                      Refused{"the same length twice", 400,
                              post("Content-Length: 5\r\nContent-Length: 5\r\n", "12345")},
                      Refused{"two lengths", 400, post("Content-Length: 5\r\ncontent-length: 6\r\n", "12345")},
                      Refused{"length and chunks", 400, post("Content-Length: 5\r\n" + kChunks, "0\r\n\r\n")},
                      Refused{"a length beyond all numbers", 413, post("Content-Length: 99999999999999999999999\r\n")},
                      Refused{"a large body", 413, post("Content-Length: 65537\r\n")},
                      Refused{"another encoding", 501, post("Transfer-Encoding: gzip, chunked\r\n")},
                      Refused{"chunked twice", 501, post(kChunks + kChunks)},
                      Refused{"an encoding that looks like chunked", 501, post("Transfer-Encoding: xchunked\r\n")},
                      Refused{"chunks in HTTP/1.0", 400, "POST / HTTP/1.0\r\n" + kChunks + "\r\n0\r\n\r\n"},
                      Refused{"a chunk without a size", 400, post(kChunks, "\r\nabc")},
                      Refused{"a chunk with a sign", 400, post(kChunks, "-1\r\nabc")},
                      Refused{"a chunk's size with a space", 400, post(kChunks, "3 \r\nabc\r\n")},
                      Refused{"a chunk's size with 0x", 400, post(kChunks, "0x3\r\nabc\r\n")},
                      Refused{"a line feed alone in chunks", 400, post(kChunks, "3\nabc\r\n")},
                      Refused{"more than the chunk's size", 400, post(kChunks, "3\r\nabcd\r\n")},
                      Refused{"a large chunk", 413, post(kChunks, "10001\r\n")},
                      Refused{"a chunk beyond all numbers", 413, post(kChunks, "fffffffffffffffffff\r\n")},
                      Refused{"many chunks that are too much", 413,
                              post(kChunks, "8000\r\n" + std::string(0x8000, 'a') + "\r\n8001\r\n")},
                      Refused{"an endless size line", 400, post(kChunks, std::string(300, '0'))},
                      Refused{"a long size line", 400, post(kChunks, "1;x=" + std::string(260, 'x') + "\r\n")},
                      Refused{"an endless trailer", 431, [] {
                                  std::string trailer = "0\r\n";
                                  for (int i = 0; i < 200; ++i)
                                      trailer += "X: " + std::string(90, 'y') + "\r\n";
                                  return post(kChunks, trailer);
                              }()}));

TEST(RequestParser, TakesTheLargestThatIsAllowed) {
    const std::string body(limits::kRequestBodyBytes, 'b');
    EXPECT_EQ(converse(post("Content-Length: 65536\r\n", body)).requests.at(0).request.body, body);
    EXPECT_EQ(converse(post(kChunks, "10000\r\n" + body + "\r\n0\r\n\r\n")).requests.at(0).request.body, body);
}

} // namespace
} // namespace rota::http
