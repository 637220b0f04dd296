#include "support/http_client.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <utility>

namespace rota::testing {
namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(fmt::format("HTTP client: {} (errno {})", what, errno));
}

std::string takeLine(std::string& text) {
    const auto end = text.find("\r\n");
    auto line = text.substr(0, end);
    text.erase(0, end + 2);
    return line;
}

HttpAnswer parseHead(std::string head) {
    HttpAnswer answer;
    const auto statusLine = takeLine(head);
    if (statusLine.size() < 12 || statusLine.compare(0, 9, "HTTP/1.1 ") != 0) fail("not an answer: " + statusLine);
    answer.status = std::stoi(statusLine.substr(9, 3));
    while (!head.empty()) {
        const auto line = takeLine(head);
        const auto colon = line.find(": ");
        if (colon == std::string::npos) fail("not a header: " + line);
        answer.headers.push_back({line.substr(0, colon), line.substr(colon + 2)});
    }
    return answer;
}

/// In one write, which O_APPEND keeps whole among other writers.
void appendLine(const std::string& file, const nlohmann::json& value) {
    const auto line = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) fail("cannot open " + file);
    const auto written = ::write(descriptor, line.data(), line.size());
    ::close(descriptor);
    if (written != static_cast<ssize_t>(line.size())) fail("cannot record to " + file);
}

nlohmann::json exchange(const std::string& method, const std::string& path, const std::string& body,
                        const HttpAnswer& answer) {
    auto headers = nlohmann::json::object();
    for (const auto& field : answer.headers)
        headers[field.name] = field.value;
    return {{"method", method},        {"path", path},       {"sent", body},
            {"status", answer.status}, {"headers", headers}, {"body", answer.body}};
}

} // namespace

std::string HttpAnswer::header(std::string_view name) const {
    for (const auto& field : headers)
        if (http::sameName(field.name, name)) return field.value;
    return {};
}

nlohmann::json HttpAnswer::json() const {
    return nlohmann::json::parse(body, nullptr, false);
}

HttpClient::HttpClient(int port, std::chrono::milliseconds timeout)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(timeout);
    const timeval limit{seconds.count(), std::chrono::microseconds{timeout - seconds}.count()};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return;
    const auto error = errno;
    ::close(socket_);
    errno = error;
    fail("cannot connect");
}

HttpClient::~HttpClient() {
    if (socket_ >= 0) ::close(socket_);
}

HttpClient::HttpClient(HttpClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      received_(std::move(other.received_)),
      record_(std::move(other.record_)) {}

void HttpClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) fail("cannot send");
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

void HttpClient::finishSending() {
    ::shutdown(socket_, SHUT_WR);
}

bool HttpClient::readMore() {
    char buffer[16 * 1024];
    const auto count = ::recv(socket_, buffer, sizeof buffer, 0);
    if (count < 0) fail("no answer");
    received_.append(buffer, static_cast<std::size_t>(count));
    return count > 0;
}

HttpAnswer HttpClient::receive(bool withBody) {
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos)
        if (!readMore()) fail("closed before an answer");
    auto answer = parseHead(received_.substr(0, end + 2));
    received_.erase(0, end + 4);
    const auto length = answer.header("Content-Length");
    if (length.empty() || !withBody) return answer;
    const auto size = std::stoul(length);
    while (received_.size() < size)
        if (!readMore()) fail("closed within an answer");
    answer.body = received_.substr(0, size);
    received_.erase(0, size);
    return answer;
}

bool HttpClient::closedByServer() {
    return received_.empty() && !readMore();
}

HttpAnswer HttpClient::request(const std::string& method, const std::string& path, const std::string& body,
                               const std::string& moreHeaders) {
    send(bytes(method, path, body, moreHeaders));
    auto answer = receive(method != "HEAD");
    if (!record_.empty()) appendLine(record_, exchange(method, path, body, answer));
    return answer;
}

std::string HttpClient::bytes(const std::string& method, const std::string& path, const std::string& body,
                              const std::string& moreHeaders) {
    const bool hasBody = !body.empty() || method == "POST";
    const auto length =
        hasBody ? fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", body.size()) : "";
    return fmt::format("{} {} HTTP/1.1\r\nHost: localhost\r\n{}{}\r\n{}", method, path, length, moreHeaders, body);
}

} // namespace rota::testing
