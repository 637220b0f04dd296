#pragma once

#include "app/clinic.hpp"
#include "domain/appointment.hpp"

#include <string>

namespace rota::app {

/// Who comes, for a calendar that is sent to that person alone; without an email nobody is named.
struct CalendarAttendee {
    std::string name;
    std::string email;
};

/// An appointment as an iCalendar object: METHOD is CANCEL where it is cancelled, else REQUEST; the UID stays the same
/// as long as the portal's host does, and SEQUENCE is the appointment's. Wall-clock times with the clinic's VTIMEZONE,
/// or UTC where the system has no rules for it. `now` is the DTSTAMP. [thread-safe]
std::string calendarEvent(const domain::Appointment& appointment, const std::string& doctorName, const Clinic& clinic,
                          base::Instant now, const CalendarAttendee& attendee = {});

/// "text/calendar; charset=utf-8; method=REQUEST", as mail programs want to be told.
std::string calendarContentType(const domain::Appointment& appointment);

} // namespace rota::app
