#include "app/calendar_event.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <libical/ical.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace rota::app {
namespace {

bool cancelled(const domain::Appointment& appointment) {
    return appointment.status == domain::AppointmentStatus::Cancelled;
}

icaltimetype icalTime(const base::LocalTime& local) {
    auto time = icaltime_null_time();
    time.year = static_cast<int>(local.date.year());
    time.month = static_cast<int>(static_cast<unsigned>(local.date.month()));
    time.day = static_cast<int>(static_cast<unsigned>(local.date.day()));
    const auto seconds = std::chrono::floor<std::chrono::seconds>(local.sinceMidnight).count();
    time.hour = static_cast<int>(seconds / 3600);
    time.minute = static_cast<int>(seconds / 60 % 60);
    time.second = static_cast<int>(seconds % 60);
    return time;
}

icaltimetype utcTime(base::Instant instant) {
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    auto time = icalTime({base::Date{day}, instant - day});
    time.zone = icaltimezone_get_utc_timezone();
    return time;
}

/// A parameter's value: quotes have no escape there.
std::string parameterText(std::string text) {
    std::ranges::replace(text, '"', '\'');
    return base::onOneLine(std::move(text));
}

/// The host of "http://localhost:3000/x", so that two clinics' appointments are never taken for one another.
std::string hostOf(const std::string& url) {
    const auto scheme = url.find("://");
    const auto begin = scheme == std::string::npos ? 0 : scheme + 3;
    const auto host = url.substr(begin, url.find_first_of(":/?#", begin) - begin);
    return host.empty() ? "rota" : host;
}

/// Where the clinic is reached: it has a phone for certain, and a mail address perhaps not.
std::string organizerOf(const Clinic& clinic) {
    std::string digits;
    std::ranges::copy_if(clinic.phone, std::back_inserter(digits), base::isDigit);
    return "tel:" + clinic.phoneCountry + digits;
}

struct Free {
    void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
using Component = std::unique_ptr<icalcomponent, Free>;

/// The rules of a zone from some moment on, by the zone's own clock. The component is libical's.
struct Observance {
    icaltimetype from;
    icalcomponent* rules;
};

/// A zone as libical knows it, with all its observances since 1883, the oldest first.
struct KnownZone {
    icalcomponent* component = nullptr;
    std::vector<Observance> standard;
    std::vector<Observance> daylight;
};

std::vector<Observance> observances(icalcomponent* zone, icalcomponent_kind kind) {
    std::vector<Observance> all;
    for (auto* part = icalcomponent_get_first_component(zone, kind); part;
         part = icalcomponent_get_next_component(zone, kind))
        all.push_back({icalcomponent_get_dtstart(part), part});
    std::ranges::stable_sort(all, [](auto& a, auto& b) { return icaltime_compare(a.from, b.from) < 0; });
    return all;
}

/// Looked up once: libical goes through the names of all zones. The component is null where it knows no rules.
const KnownZone& knownZone(const std::string& name) {
    static std::map<std::string, KnownZone> known;
    const auto [entry, isNew] = known.try_emplace(name);
    auto& zone = entry->second;
    if (!isNew) return zone;
    auto* builtin = icaltimezone_get_builtin_timezone(name.c_str());
    zone.component = builtin ? icaltimezone_get_component(builtin) : nullptr;
    if (!zone.component) return zone;
    zone.standard = observances(zone.component, ICAL_XSTANDARD_COMPONENT);
    zone.daylight = observances(zone.component, ICAL_XDAYLIGHT_COMPONENT);
    return zone;
}

/// Of the observances the one that began last before `start`.
void addLatest(icalcomponent* zone, const std::vector<Observance>& all, icaltimetype start) {
    if (all.empty()) return;
    const auto later = std::ranges::find_if(all, [&](auto& one) { return icaltime_compare(one.from, start) > 0; });
    const auto latest = later == all.begin() ? later : std::prev(later);
    icalcomponent_add_component(zone, icalcomponent_new_clone(latest->rules));
}

/// The system's rules of a zone as they are at `start`: all of them would be most of the file, and libical calls the
/// zone by a name of its own. None where it knows no rules.
Component zoneRules(const std::string& name, icaltimetype start) {
    const auto& known = knownZone(name);
    if (!known.component) return nullptr;
    Component zone{icalcomponent_new(ICAL_VTIMEZONE_COMPONENT)};
    icalcomponent_add_property(zone.get(), icalproperty_new_tzid(name.c_str()));
    addLatest(zone.get(), known.standard, start);
    addLatest(zone.get(), known.daylight, start);
    return zone;
}

/// Builds one object. libical keeps its time zones in globals: one at a time.
class Event {
public:
    Event(const domain::Appointment& appointment, const Clinic& clinic)
        : appointment_(appointment), clinic_(clinic), event_(icalcomponent_new(ICAL_VEVENT_COMPONENT)) {
        zoneRules_ = zoneRules(clinic.zone.name(), icalTime(clinic.zone.toLocal(appointment.start)));
    }

    void describe(const std::string& doctorName, base::Instant now, const CalendarAttendee& attendee) {
        add(icalproperty_new_uid(
            fmt::format("appointment-{}@{}", appointment_.id.value, hostOf(clinic_.portalUrl)).c_str()));
        add(icalproperty_new_dtstamp(utcTime(now)));
        addTime(icalproperty_new_dtstart, appointment_.start);
        addTime(icalproperty_new_dtend, appointment_.span().end);
        add(icalproperty_new_sequence(appointment_.calendarSequence));
        add(icalproperty_new_status(cancelled(appointment_) ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED));
        add(icalproperty_new_summary(base::onOneLine("Appointment with " + doctorName).c_str()));
        add(icalproperty_new_location(base::onOneLine(clinic_.name + ", " + clinic_.address).c_str()));
        add(icalproperty_new_description(
            fmt::format("See or change your appointment: {}\nQuestions: {}", clinic_.portalUrl, clinic_.phone)
                .c_str()));
        auto* organizer = icalproperty_new_organizer(organizerOf(clinic_).c_str());
        icalproperty_add_parameter(organizer, icalparameter_new_cn(parameterText(clinic_.name).c_str()));
        add(organizer);
        if (!attendee.email.empty()) addAttendee(attendee);
    }

    std::string text() && {
        const Component calendar{icalcomponent_new(ICAL_VCALENDAR_COMPONENT)};
        icalcomponent_add_property(calendar.get(), icalproperty_new_prodid("-//Rota//Appointments//EN"));
        icalcomponent_add_property(calendar.get(), icalproperty_new_version("2.0"));
        icalcomponent_add_property(
            calendar.get(),
            icalproperty_new_method(cancelled(appointment_) ? ICAL_METHOD_CANCEL : ICAL_METHOD_REQUEST));
        if (zoneRules_) icalcomponent_add_component(calendar.get(), zoneRules_.release());
        icalcomponent_add_component(calendar.get(), event_.release());
        const std::unique_ptr<char, decltype(&std::free)> text{icalcomponent_as_ical_string_r(calendar.get()),
                                                               &std::free};
        if (!text) throw std::runtime_error("the appointment could not be written as iCalendar");
        return text.get();
    }

private:
    void add(icalproperty* property) { icalcomponent_add_property(event_.get(), property); }

    void addTime(icalproperty* (*make)(icaltimetype), base::Instant instant) {
        if (!zoneRules_) return add(make(utcTime(instant)));
        auto* property = make(icalTime(clinic_.zone.toLocal(instant)));
        icalproperty_add_parameter(property, icalparameter_new_tzid(clinic_.zone.name().c_str()));
        add(property);
    }

    void addAttendee(const CalendarAttendee& attendee) {
        auto* property = icalproperty_new_attendee(base::onOneLine("mailto:" + attendee.email).c_str());
        icalproperty_add_parameter(property, icalparameter_new_cn(parameterText(attendee.name).c_str()));
        icalproperty_add_parameter(property, icalparameter_new_role(ICAL_ROLE_REQPARTICIPANT));
        icalproperty_add_parameter(property, icalparameter_new_partstat(ICAL_PARTSTAT_ACCEPTED));
        add(property);
    }

    const domain::Appointment& appointment_;
    const Clinic& clinic_;
    Component event_;
    Component zoneRules_;
};

} // namespace

std::string calendarEvent(const domain::Appointment& appointment, const std::string& doctorName, const Clinic& clinic,
                          base::Instant now, const CalendarAttendee& attendee) {
    static std::mutex oneAtATime;
    const std::lock_guard lock{oneAtATime};
    Event event{appointment, clinic};
    event.describe(doctorName, now, attendee);
    return std::move(event).text();
}

std::string calendarContentType(const domain::Appointment& appointment) {
    return fmt::format("text/calendar; charset=utf-8; method={}", cancelled(appointment) ? "CANCEL" : "REQUEST");
}

} // namespace rota::app
