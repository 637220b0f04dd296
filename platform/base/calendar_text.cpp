#include "base/text_reader.hpp"
#include "base/zone.hpp"

#include <fmt/compile.h>

#include <array>

namespace rota::base {
namespace {

constexpr std::array kWeekdays{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::array kMonths{"January", "February", "March",     "April",   "May",      "June",
                             "July",    "August",   "September", "October", "November", "December"};

constexpr std::chrono::year kFirstYear{1970};
constexpr std::chrono::year kLastYear{2199};

} // namespace

std::optional<Date> parseDate(std::string_view text) {
    TextReader reader{text};
    const auto year = reader.number(4);
    if (!year || *year == 0 || !reader.take('-')) return std::nullopt;
    const auto month = reader.number(2);
    if (!month || !reader.take('-')) return std::nullopt;
    const auto day = reader.number(2);
    if (!day || !reader.atEnd()) return std::nullopt;

    const Date date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                    std::chrono::day{static_cast<unsigned>(*day)}};
    return date.ok() ? std::optional{date} : std::nullopt;
}

std::optional<Date> parseVisitDate(std::string_view text) {
    const auto date = parseDate(text);
    return date && date->year() >= kFirstYear && date->year() <= kLastYear ? date : std::nullopt;
}

std::string formatDate(Date date) {
    return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}"), static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::optional<Minutes> parseTimeOfDay(std::string_view text) {
    TextReader reader{text};
    const auto hour = reader.number(2);
    if (!hour || !reader.take(':')) return std::nullopt;
    const auto minute = reader.number(2);
    if (!minute || !reader.atEnd() || *minute > 59) return std::nullopt;

    const auto sinceMidnight = std::chrono::hours{*hour} + Minutes{*minute};
    return sinceMidnight <= std::chrono::hours{24} ? std::optional{sinceMidnight} : std::nullopt;
}

std::string formatTimeOfDay(Minutes sinceMidnight) {
    return fmt::format("{:02}:{:02}", sinceMidnight.count() / 60, sinceMidnight.count() % 60);
}

std::string formatLongDate(Date date) {
    return fmt::format("{}, {} {}, {}", weekdayName(date), kMonths.at(static_cast<unsigned>(date.month()) - 1),
                       static_cast<unsigned>(date.day()), static_cast<int>(date.year()));
}

std::string formatClockTime(Minutes sinceMidnight) {
    const auto hour = sinceMidnight.count() / 60 % 24;
    const auto hourOnTheDial = hour % 12 == 0 ? 12 : hour % 12;
    return fmt::format("{}:{:02} {}", hourOnTheDial, sinceMidnight.count() % 60, hour < 12 ? "AM" : "PM");
}

std::string weekdayName(Date date) {
    return kWeekdays.at(dayOfWeek(date));
}

unsigned dayOfWeek(Date date) {
    return std::chrono::weekday{std::chrono::sys_days{date}}.c_encoding();
}

Date addDays(Date date, int days) {
    return std::chrono::sys_days{date} + std::chrono::days{days};
}

} // namespace rota::base
