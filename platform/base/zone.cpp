#include "base/zone.hpp"

#include <date/tz.h>
#include <fmt/compile.h>

#include <stdexcept>

namespace rota::base {
namespace {

using std::chrono::floor;
using std::chrono::seconds;
using std::chrono::sys_days;

using LocalMs = date::local_time<Milliseconds>;

LocalMs asLocal(const LocalTime& local) {
    return LocalMs{sys_days{local.date}.time_since_epoch() + local.sinceMidnight};
}

Instant withOffset(LocalMs local, seconds offset) {
    return Instant{local.time_since_epoch() - offset};
}

} // namespace

/// The library reads a zone's file once and keeps it for the life of the process.
struct Zone::Rules {
    const date::time_zone* zone;

    date::local_info at(LocalMs local) const { return zone->get_info(local); }
    seconds offset(Instant instant) const { return zone->get_info(floor<seconds>(instant)).offset; }
};

Zone::Zone(std::string name) : name_(std::move(name)) {
    try {
        rules_ = std::make_shared<const Rules>(Rules{date::locate_zone(name_)});
        // The file is read at the first question: ask it here, where a damaged one can still be reported.
        rules_->offset(Instant{});
    } catch (const std::exception&) {
        throw std::invalid_argument("unknown time zone \"" + name_ + "\"");
    }
}

Zone::~Zone() = default;
Zone::Zone(const Zone&) = default;
Zone& Zone::operator=(const Zone&) = default;

tl::expected<Instant, NonexistentLocalTime> Zone::toUtc(const LocalTime& local) const {
    const auto time = asLocal(local);
    const auto info = rules_->at(time);
    if (info.result == date::local_info::nonexistent) return tl::unexpected(NonexistentLocalTime{});
    return withOffset(time, info.first.offset); // of an ambiguous time, `first` is the earlier
}

Instant Zone::toUtcOrNext(const LocalTime& local) const {
    const auto time = asLocal(local);
    const auto info = rules_->at(time);
    if (info.result == date::local_info::nonexistent) return info.first.end;
    return withOffset(time, info.first.offset);
}

LocalTime Zone::toLocal(Instant instant) const {
    const auto shifted = instant + rules_->offset(instant);
    const auto day = floor<std::chrono::days>(shifted);
    return {Date{day}, shifted - day};
}

Interval Zone::day(Date date) const {
    return {toUtcOrNext({date, {}}), toUtcOrNext({addDays(date, 1), {}})};
}

seconds Zone::offset(Instant instant) const {
    return rules_->offset(instant);
}

std::string Zone::iso(Instant instant) const {
    // Offsets before the age of standard time had seconds, which ISO 8601 cannot write. The instant stays exact.
    const auto minutes = std::chrono::duration_cast<Minutes>(offset(instant));
    const auto local = floor<seconds>(instant + minutes);
    const auto day = floor<std::chrono::days>(local);
    const std::chrono::hh_mm_ss time{local - day};
    const std::chrono::hh_mm_ss distance{std::chrono::abs(minutes)};
    return fmt::format(FMT_COMPILE("{}T{:02}:{:02}:{:02}{}{:02}:{:02}"), formatDate(Date{day}), time.hours().count(),
                       time.minutes().count(), time.seconds().count(), minutes.count() < 0 ? '-' : '+',
                       distance.hours().count(), distance.minutes().count());
}

} // namespace rota::base
