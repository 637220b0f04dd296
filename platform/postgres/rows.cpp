#include "postgres/rows.hpp"

#include <libpq-fe.h>

#include <charconv>
#include <stdexcept>

namespace rota::postgres {
namespace {

const PGresult* resultOf(const std::shared_ptr<const void>& pointer) {
    return static_cast<const PGresult*>(pointer.get());
}

[[noreturn]] void refuse(const char* what, std::string_view text) {
    throw std::logic_error("PostgreSQL answered \"" + std::string(text) + "\" where " + what + " was expected");
}

/// The number in `text` from `begin`, `length` digits long.
int digits(std::string_view text, std::size_t begin, std::size_t length) {
    int value = 0;
    const char* first = text.data() + begin;
    if (begin + length > text.size() || std::from_chars(first, first + length, value).ptr != first + length)
        refuse("a date or time", text);
    return value;
}

} // namespace

std::int64_t parseInteger(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) refuse("an integer", text);
    return value;
}

base::Date parseDate(std::string_view text) {
    const base::Date date{std::chrono::year(digits(text, 0, 4)),
                          std::chrono::month(static_cast<unsigned>(digits(text, 5, 2))),
                          std::chrono::day(static_cast<unsigned>(digits(text, 8, 2)))};
    if (text.size() != 10 || !date.ok()) refuse("a date", text);
    return date;
}

// 2026-03-10 13:00:00, with up to three digits behind a point where they are not zero.
base::Instant parseInstant(std::string_view text) {
    const base::Date date = parseDate(text.substr(0, 10));
    base::Milliseconds time = std::chrono::hours(digits(text, 11, 2)) + std::chrono::minutes(digits(text, 14, 2)) +
                              std::chrono::seconds(digits(text, 17, 2));
    if (text.size() > 19) {
        const std::size_t places = text.size() - 20;
        if (text[19] != '.' || places < 1 || places > 3) refuse("a time in milliseconds", text);
        const int fraction = digits(text, 20, places);
        time += base::Milliseconds(places == 1 ? fraction * 100 : places == 2 ? fraction * 10 : fraction);
    }
    return std::chrono::sys_days(date) + time;
}

base::Minutes parseTimeOfDay(std::string_view text) {
    return std::chrono::hours(digits(text, 0, 2)) + std::chrono::minutes(digits(text, 3, 2));
}

int Rows::size() const {
    return PQntuples(resultOf(result_));
}

int Rows::columns() const {
    return PQnfields(resultOf(result_));
}

std::size_t Rows::affected() const {
    const std::string_view text = PQcmdTuples(const_cast<PGresult*>(resultOf(result_)));
    return text.empty() ? 0 : static_cast<std::size_t>(parseInteger(text));
}

bool Rows::isNull(int row, int column) const {
    if (row < 0 || row >= size() || column < 0 || column >= columns())
        throw std::logic_error("row " + std::to_string(row) + ", column " + std::to_string(column) +
                               " is not in what PostgreSQL answered");
    return PQgetisnull(resultOf(result_), row, column) != 0;
}

std::string_view Rows::text(int row, int column) const {
    if (isNull(row, column)) refuse("a value", "NULL");
    return {PQgetvalue(resultOf(result_), row, column),
            static_cast<std::size_t>(PQgetlength(resultOf(result_), row, column))};
}

std::string Rows::stringOrEmpty(int row, int column) const {
    return isNull(row, column) ? std::string() : string(row, column);
}

std::int64_t Rows::integer(int row, int column) const {
    return parseInteger(text(row, column));
}

bool Rows::boolean(int row, int column) const {
    const std::string_view value = text(row, column);
    if (value != "t" && value != "f") refuse("a boolean", value);
    return value == "t";
}

base::Instant Rows::instant(int row, int column) const {
    return parseInstant(text(row, column));
}

base::Date Rows::date(int row, int column) const {
    return parseDate(text(row, column));
}

std::vector<std::string_view> Rows::array(int row, int column) const {
    std::string_view rest = text(row, column);
    if (rest.size() < 2 || rest.front() != '{' || rest.back() != '}' || rest.find('"') != std::string_view::npos)
        refuse("a plain array", rest);
    rest = rest.substr(1, rest.size() - 2);

    std::vector<std::string_view> values;
    while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        values.push_back(rest.substr(0, comma));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return values;
}

} // namespace rota::postgres
