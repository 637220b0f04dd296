#include "base/limits.hpp"
#include "base/text.hpp"
#include "http/protocol.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace rota::http {
namespace {

namespace limits = base::limits;

using Refusal = std::optional<ProtocolError>;

ProtocolError refuse(int status, std::string message) {
    return {status, std::move(message), {}};
}

constexpr std::array<std::string_view, 7> kMethods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

bool isTokenCharacter(char c) {
    return base::isAlphanumeric(c) || std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}
bool isToken(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), isTokenCharacter);
}

/// The text before the first `separator`, which `rest` then begins after; all of it where there is none.
std::string_view takeUntil(std::string_view& rest, std::string_view separator) {
    const auto end = std::min(rest.find(separator), rest.size());
    const auto taken = rest.substr(0, end);
    rest.remove_prefix(std::min(end + separator.size(), rest.size()));
    return taken;
}

Refusal parseVersion(std::string_view version, bool& http11) {
    const bool wellFormed = version.size() == 8 && version.substr(0, 5) == "HTTP/" && base::isDigit(version[5]) &&
                            version[6] == '.' && base::isDigit(version[7]);
    if (!wellFormed) return refuse(400, "Malformed request line");
    if (version[5] != '1') return refuse(505, "HTTP version not supported");
    http11 = version[7] != '0';
    return std::nullopt;
}

/// Origin form ("/path?query"), the absolute form that proxies send, or "*" for OPTIONS.
Refusal parseTarget(std::string_view target, Request& request) {
    if (target.size() > limits::kRequestTargetBytes) return refuse(414, "Request target too long");
    const bool visible =
        std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < 0x7f && c != '#'; });
    if (target.empty() || !visible) return refuse(400, "Malformed request target");
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (target.size() < scheme.size() || !sameName(target.substr(0, scheme.size()), scheme)) continue;
        target.remove_prefix(std::min(target.find_first_of("/?", scheme.size()), target.size()));
    }
    request.path = takeUntil(target, "?");
    request.query = target;
    if (request.path == "*" && request.method == "OPTIONS") return std::nullopt;
    if (request.path.empty()) request.path = "/";
    if (request.path.front() != '/') return refuse(400, "Malformed request target");
    return std::nullopt;
}

Refusal parseRequestLine(std::string_view line, Request& request, bool& http11) {
    const auto method = takeUntil(line, " ");
    const auto target = takeUntil(line, " ");
    if (!isToken(method)) return refuse(400, "Malformed request line");
    if (auto wrong = parseVersion(line, http11)) return wrong;
    if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end())
        return refuse(501, "Method not implemented");
    request.method = method;
    return parseTarget(target, request);
}

Refusal parseFields(std::string_view lines, std::vector<Field>& fields) {
    while (!lines.empty()) {
        auto line = takeUntil(lines, "\r\n");
        if (line.empty()) break;
        if (fields.size() == limits::kRequestHeaderFields) return refuse(431, "Too many header fields");
        const bool hasColon = line.find(':') != std::string_view::npos;
        const auto name = takeUntil(line, ":");
        // This also refuses folded lines and a space before the colon, which begin or end such a name.
        if (!hasColon || !isToken(name)) return refuse(400, "Malformed header field");
        fields.push_back({std::string{name}, std::string{base::trimmed(line)}});
    }
    return std::nullopt;
}

std::size_t count(const Request& request, std::string_view name) {
    return static_cast<std::size_t>(std::count_if(request.headers.begin(), request.headers.end(),
                                                  [&](const Field& field) { return sameName(field.name, name); }));
}

Refusal checkHost(const Request& request, bool http11) {
    const auto hosts = count(request, "Host");
    if (hosts > 1 || (http11 && hosts == 0)) return refuse(400, "Exactly one Host header field is needed");
    if (hosts == 0) return std::nullopt;
    const auto host = *request.header("Host");
    const bool plausible = std::all_of(host.begin(), host.end(), [](char c) {
        return base::isAlphanumeric(c) || std::string_view{".-_:[]%~"}.find(c) != std::string_view::npos;
    });
    if (!plausible) return refuse(400, "Malformed Host header field");
    return std::nullopt;
}

Refusal parseLength(std::string_view text, Head& head) {
    const bool digits = !text.empty() && std::all_of(text.begin(), text.end(), base::isDigit);
    if (!digits) return refuse(400, "Malformed Content-Length");
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), head.length);
    if (error != std::errc{} || head.length > head.most) return refuse(413, "Request body too large");
    head.body = Head::Body::Length;
    return std::nullopt;
}

std::size_t mostBytesOf(const Request& request) {
    return request.isCallback() ? limits::kWebhookBodyBytes : limits::kRequestBodyBytes;
}

/// Where the body ends: the question on which two readers of one request must never differ.
Refusal parseFraming(Head& head, bool http11) {
    const auto& request = head.request;
    head.most = mostBytesOf(request);
    const auto lengths = count(request, "Content-Length");
    const auto encodings = count(request, "Transfer-Encoding");
    if (lengths > 1 || (lengths > 0 && encodings > 0)) return refuse(400, "The length of the body is ambiguous");
    if (encodings > 0 && !http11) return refuse(400, "Transfer-Encoding is not part of HTTP/1.0");
    if (encodings > 1 || (encodings == 1 && !sameName(*request.header("Transfer-Encoding"), "chunked")))
        return refuse(501, "Transfer-Encoding not implemented");
    if (encodings == 1) head.body = Head::Body::Chunked;
    if (lengths == 1) return parseLength(*request.header("Content-Length"), head);
    return std::nullopt; // neither: there is no body, whatever the method (RFC 9112, 6.3)
}

Refusal parseExpectation(Head& head, bool http11) {
    const auto expected = head.request.header("Expect");
    if (!expected || !http11) return std::nullopt;
    if (!sameName(*expected, "100-continue")) return refuse(417, "Expectation failed");
    head.expectsContinue = head.body != Head::Body::None;
    return std::nullopt;
}

bool wantsKeepAlive(const Request& request, bool http11) {
    bool keepAlive = http11;
    for (const auto& field : request.headers) {
        if (!sameName(field.name, "Connection")) continue;
        std::string_view options = field.value;
        while (!options.empty()) {
            const auto option = base::trimmed(takeUntil(options, ","));
            if (sameName(option, "close")) return false;
            if (sameName(option, "keep-alive")) keepAlive = true;
        }
    }
    return keepAlive;
}

/// What follows such a head is no body, but is not taken for another request either, should somebody have meant it as
/// one.
bool lacksUsualBody(const Head& head) {
    const auto& method = head.request.method;
    return head.body == Head::Body::None && (method == "POST" || method == "PUT" || method == "PATCH");
}

/// The client's own id, so that its logs and ours can be laid side by side; only what cannot disturb a log line.
std::string requestIdOf(const Request& request) {
    const auto id = request.header("X-Request-Id");
    const auto decent = [](char c) { return base::isAlphanumeric(c) || c == '.' || c == '_' || c == '-'; };
    if (!id || id->empty() || id->size() > 64 || !std::all_of(id->begin(), id->end(), decent)) return {};
    return std::string{*id};
}

} // namespace

tl::expected<Head, ProtocolError> parseHead(std::string_view text) {
    Head head;
    bool http11 = true;
    const auto requestLine = takeUntil(text, "\r\n");
    auto wrong = parseRequestLine(requestLine, head.request, http11);
    if (!wrong) wrong = parseFields(text, head.request.headers);
    if (!wrong) head.request.id = requestIdOf(head.request);
    if (!wrong) wrong = checkHost(head.request, http11);
    if (!wrong) wrong = parseFraming(head, http11);
    if (!wrong) wrong = parseExpectation(head, http11);
    if (wrong) {
        wrong->requestId = head.request.id;
        return tl::unexpected(*wrong);
    }
    head.keepAlive = wantsKeepAlive(head.request, http11) && !lacksUsualBody(head);
    return head;
}

} // namespace rota::http
