#pragma once

#include "base/interval.hpp"
#include "base/time.hpp"

#include <tl/expected.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace rota::base {

/// A day and a wall-clock time of a zone's calendar.
struct LocalTime {
    Date date;
    std::chrono::milliseconds sinceMidnight{0};

    Minutes minutes() const { return std::chrono::floor<Minutes>(sinceMidnight); }
    bool operator==(const LocalTime&) const = default;
};

/// The clocks went forward over that time: no such moment was or will be.
struct NonexistentLocalTime {};

/// A time zone of the system's database (tzdata). Cheap to copy; the rules are shared and never change. [thread-safe]
class Zone {
public:
    /// Throws std::invalid_argument, naming the zone, where the system does not know it.
    explicit Zone(std::string name);
    ~Zone();
    Zone(const Zone&);
    Zone& operator=(const Zone&);

    const std::string& name() const { return name_; }

    /// The instant of a local time. One that exists twice (clocks set back) is the earlier.
    tl::expected<Instant, NonexistentLocalTime> toUtc(const LocalTime& local) const;

    /// As toUtc, but a time that the clocks skipped is the moment at which they did. For working hours and days.
    Instant toUtcOrNext(const LocalTime& local) const;

    LocalTime toLocal(Instant instant) const;

    /// From this local midnight to the next: 23, 24 or 25 hours.
    Interval day(Date date) const;

    /// The offset from UTC that holds at `instant`.
    std::chrono::seconds offset(Instant instant) const;

    /// ISO 8601 to the second with this zone's offset, as in every answer: 2026-03-10T09:00:00-04:00.
    std::string iso(Instant instant) const;

private:
    std::string name_;
    struct Rules;
    std::shared_ptr<const Rules> rules_;
};

/// Strict YYYY-MM-DD of a day that exists.
std::optional<Date> parseDate(std::string_view text);
/// The same for days on which somebody may visit: from 1970 to 2199, which is far from where any arithmetic on instants
/// overflows, or a database's calendar ends.
std::optional<Date> parseVisitDate(std::string_view text);
std::string formatDate(Date date);

/// Strict HH:MM, 00:00 to 24:00, as minutes since midnight.
std::optional<Minutes> parseTimeOfDay(std::string_view text);
std::string formatTimeOfDay(Minutes sinceMidnight);

/// "Tuesday, March 10, 2026" and "9:00 AM", as messages and pages say them.
std::string formatLongDate(Date date);
std::string formatClockTime(Minutes sinceMidnight);

/// "Monday" … "Sunday".
std::string weekdayName(Date date);

/// 0 = Sunday … 6 = Saturday, as schedules count.
unsigned dayOfWeek(Date date);

Date addDays(Date date, int days);

enum class TimestampError {
    Malformed,   ///< not ISO 8601
    Nonexistent, ///< a local time that the clocks skip
    NotWholeMinute
};

/// ISO 8601 with an offset or `Z`; without one it is local time of `zone`. Whole minutes only.
tl::expected<Instant, TimestampError> parseTimestamp(std::string_view text, const Zone& zone);

} // namespace rota::base
