#include "postgres/parameters.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace rota::postgres {

std::string toText(base::Instant instant) {
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    const std::chrono::hh_mm_ss time(instant - day);
    return fmt::format("{} {:02}:{:02}:{:02}.{:03}", base::formatDate(base::Date(day)), time.hours().count(),
                       time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

// libpq reads texts to the first NUL: what lies behind one would vanish without a word.
std::string Parameter::whole(std::string text) {
    if (text.find('\0') != std::string::npos) throw std::invalid_argument("a text for PostgreSQL contains a NUL");
    return text;
}

void ArrayParameter::add(const Parameter& value) {
    if (text_.size() > 1) text_ += ',';
    const char* text = value.text();
    if (!text) {
        text_ += "NULL";
        return;
    }
    text_ += '"';
    for (; *text; ++text) {
        if (*text == '"' || *text == '\\') text_ += '\\';
        text_ += *text;
    }
    text_ += '"';
}

} // namespace rota::postgres
