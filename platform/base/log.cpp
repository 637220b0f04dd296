#include "base/log.hpp"

#include "base/log_control.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>

namespace rota::base::log {
namespace {

std::atomic<Format> format{Format::Text};

/// Where lines go instead, in a process whose lines another one writes.
std::function<void(const Line&)> handedTo;

thread_local std::string currentRequest;

spdlog::level::level_enum spdlogLevel(Level level) {
    switch (level) {
    case Level::Debug: return spdlog::level::debug;
    case Level::Info: return spdlog::level::info;
    case Level::Warning: return spdlog::level::warn;
    case Level::Error: return spdlog::level::err;
    }
    return spdlog::level::info;
}

std::string jsonString(std::string_view text, bool ascii = false) {
    return nlohmann::json(text).dump(-1, ' ', ascii, nlohmann::json::error_handler_t::replace);
}

/// A value with a space, a quote or a control character is quoted, so that a line always splits into its fields, and
/// none says anything to a terminal: what is beyond ASCII is escaped too.
template <class Part>
std::string textValue(const Part& field) {
    const auto splits = [](unsigned char c) { return c <= ' ' || c >= 0x7f || c == '"' || c == '=' || c == '\\'; };
    const bool plain = !field.value.empty() && std::ranges::none_of(field.value, splits);
    return plain || !field.quoted ? field.value : jsonString(field.value, true);
}

template <class Parts>
std::string asText(std::string_view event, const Parts& fields) {
    std::string line{event};
    for (const auto& field : fields)
        line.append(" ").append(field.key).append("=").append(textValue(field));
    if (!currentRequest.empty()) line.append(" request_id=").append(currentRequest);
    return line;
}

template <class Parts>
std::string asJson(std::string_view event, const Parts& fields) {
    std::string members = "\"event\":" + jsonString(event);
    for (const auto& field : fields)
        members.append(",\"").append(field.key).append("\":").append(field.quoted ? jsonString(field.value)
                                                                                  : field.value);
    if (!currentRequest.empty()) members.append(",\"request_id\":").append(jsonString(currentRequest));
    return members;
}

template <class Parts>
void print(Level level, std::string_view event, const Parts& fields) {
    auto* logger = spdlog::default_logger_raw();
    if (!logger->should_log(spdlogLevel(level))) return;
    logger->log(spdlogLevel(level), format == Format::Json ? asJson(event, fields) : asText(event, fields));
}

} // namespace

void configure(Level level, Format wanted) {
    auto logger = std::make_shared<spdlog::logger>("rota", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_level(spdlogLevel(level));
    logger->set_pattern(wanted == Format::Json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                                               : "%Y-%m-%dT%H:%M:%S.%eZ %-7l %v",
                        spdlog::pattern_time_type::utc);
    spdlog::set_default_logger(std::move(logger));
    format = wanted;
}

void setLevel(Level level) {
    spdlog::default_logger_raw()->set_level(spdlogLevel(level));
}

void handOver(std::function<void(const Line&)> take) {
    handedTo = std::move(take);
}

void write(Level level, std::string_view event, Fields fields) {
    if (!handedTo) return print(level, event, fields);
    Line line{level, std::string(event), {}};
    for (const auto& field : fields)
        line.fields.push_back({std::string(field.key), field.value, field.quoted});
    handedTo(line);
}

void write(const Line& line) {
    print(line.level, line.event, line.fields);
}

RequestScope::RequestScope(std::string requestId) : outer_(std::move(currentRequest)) {
    currentRequest = std::move(requestId);
}

RequestScope::~RequestScope() {
    currentRequest = std::move(outer_);
}

const std::string& requestId() {
    return currentRequest;
}

} // namespace rota::base::log
