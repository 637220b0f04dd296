#include "http/wire.hpp"

#include <fmt/format.h>
#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Timestamp.h>

#include <algorithm>
#include <random>

namespace rota::http {
namespace {

std::string httpDate(base::Instant now) {
    const Poco::Timestamp timestamp{base::toUnixMs(now) * 1000};
    return Poco::DateTimeFormatter::format(timestamp, Poco::DateTimeFormat::HTTP_FORMAT);
}

bool has(const Response& response, std::string_view name) {
    return std::any_of(response.headers.begin(), response.headers.end(),
                       [&](const Field& field) { return sameName(field.name, name); });
}

} // namespace

const char* reasonPhrase(int status) {
    const auto known = static_cast<Poco::Net::HTTPResponse::HTTPStatus>(status);
    return Poco::Net::HTTPResponse::getReasonForStatus(known).c_str();
}

std::string toWire(const Response& response, const WireOptions& options) {
    std::string wire = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reasonPhrase(response.status));
    const auto field = [&wire](std::string_view name, std::string_view value) {
        wire.append(name).append(": ").append(value).append("\r\n");
    };
    for (const auto& [name, value] : response.headers)
        field(name, value);
    if (!response.body.empty() && !has(response, "Content-Type"))
        field("Content-Type", "application/json; charset=utf-8");
    if (!has(response, "Cache-Control")) field("Cache-Control", "no-store");
    // These have none, whatever a handler says: on a connection that is kept, it would be the next answer's beginning.
    const bool bodiless = response.status == 204 || response.status == 304;
    if (!bodiless) field("Content-Length", std::to_string(response.body.size()));
    field("X-Content-Type-Options", "nosniff");
    field("X-Request-Id", options.requestId);
    field("Date", httpDate(options.now));
    field("Connection", options.keepAlive ? "keep-alive" : "close");
    wire.append("\r\n");
    if (options.withBody && !bodiless) wire.append(response.body);
    return wire;
}

std::string newRequestId() {
    thread_local std::mt19937_64 random{(std::uint64_t{std::random_device{}()} << 32) | std::random_device{}()};
    return fmt::format("{:016x}", random());
}

} // namespace rota::http
