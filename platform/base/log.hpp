#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

/// Structured logs: an event in plain words, and fields. Never a patient's name, address, phone or message body, never
/// a secret: ids say who is meant. [thread-safe]
namespace rota::base::log {

enum class Level { Debug, Info, Warning, Error };
enum class Format { Text, Json };

/// Call once, before threads start. Lines go to standard error, one each.
void configure(Level level, Format format);

struct Field {
    Field(std::string_view k, std::string_view v) : key(k), value(v), quoted(true) {}
    Field(std::string_view k, const std::string& v) : key(k), value(v), quoted(true) {}
    Field(std::string_view k, const char* v) : key(k), value(v), quoted(true) {}
    Field(std::string_view k, bool v) : key(k), value(v ? "true" : "false"), quoted(false) {}
    template <class Number>
    requires std::integral<Number> || std::floating_point<Number> Field(std::string_view k, Number v)
        : key(k), value(std::to_string(v)), quoted(false) {}

    std::string_view key;
    std::string value;
    bool quoted;
};
using Fields = std::initializer_list<Field>;

void write(Level level, std::string_view event, Fields fields);
inline void debug(std::string_view event, Fields fields = {}) {
    write(Level::Debug, event, fields);
}
inline void info(std::string_view event, Fields fields = {}) {
    write(Level::Info, event, fields);
}
inline void warning(std::string_view event, Fields fields = {}) {
    write(Level::Warning, event, fields);
}
inline void error(std::string_view event, Fields fields = {}) {
    write(Level::Error, event, fields);
}

/// While it lives, every line of this thread carries the request's id.
class RequestScope {
public:
    explicit RequestScope(std::string requestId);
    ~RequestScope();
    RequestScope(const RequestScope&) = delete;
    RequestScope& operator=(const RequestScope&) = delete;

private:
    std::string outer_;
};

/// Of this thread; empty outside a request.
const std::string& requestId();

} // namespace rota::base::log
