#include "postgres/calendar_day.hpp"

#include <stdexcept>

namespace rota::postgres {
namespace {

/// Cuts what stands before the next '/' off `text`.
std::string_view cut(std::string_view& text) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    const std::string_view part = text.substr(0, slash);
    text.remove_prefix(std::min(slash + 1, text.size()));
    return part;
}

domain::HoursRange parseHours(std::string_view text) {
    const base::Minutes begin = parseTimeOfDay(cut(text));
    return {begin, parseTimeOfDay(text)};
}

domain::WorkingHours parseWorkingHours(std::string_view text) {
    const auto day = static_cast<unsigned>(parseInteger(cut(text)));
    return {day, parseHours(text)};
}

domain::DateRange parseDateRange(std::string_view text) {
    const base::Date first = parseDate(cut(text));
    return {first, parseDate(text)};
}

domain::BusySpan parseBusy(std::string_view text) {
    const base::Instant start{base::Minutes(parseInteger(cut(text)))};
    const base::Minutes duration(parseInteger(cut(text)));
    const auto type = domain::parseVisitType(text);
    if (!type) throw std::logic_error("appointments hold an unknown type");
    return {{start, start + duration}, *type};
}

} // namespace

domain::DoctorDay readCalendarDay(const Rows& rows, int row, int firstColumn, base::Date date) {
    domain::DoctorDay day;
    day.date = date;
    for (const std::string_view hours : rows.array(row, firstColumn))
        day.hours.push_back(parseHours(hours));
    day.timeOff = rows.boolean(row, firstColumn + 1);
    for (const std::string_view busy : rows.array(row, firstColumn + 2))
        day.busy.push_back(parseBusy(busy));
    return day;
}

domain::DoctorCalendar readCalendar(const Rows& rows, int row, int firstColumn) {
    domain::DoctorCalendar calendar;
    for (const std::string_view hours : rows.array(row, firstColumn))
        calendar.week.push_back(parseWorkingHours(hours));
    for (const std::string_view off : rows.array(row, firstColumn + 1))
        calendar.timeOff.push_back(parseDateRange(off));
    for (const std::string_view busy : rows.array(row, firstColumn + 2))
        calendar.busy.push_back(parseBusy(busy));
    return calendar;
}

} // namespace rota::postgres
