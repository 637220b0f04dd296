#pragma once

#include "domain/booking_rules.hpp"
#include "domain/calendar.hpp"
#include "postgres/rows.hpp"

#include <fmt/format.h>

#include <string>

namespace rota::postgres {

/// How long an appointment lasts at most: one that reaches into a time begins no earlier before it.
inline const std::string kLongest = fmt::format("INTERVAL '{} minutes'", domain::kLongestDuration.count());

/// A doctor's day as three columns, for a statement in which `d` is the doctor, $1 the local date, and $2 and $3 that
/// day's bounds in UTC: hours, whether there is time off, and the standing appointments that reach into the day.
/// Looking back as far as the longest appointment makes the index apply, the rest is exact. A weekday that is a
/// smallint keeps the planner to the B-tree, which is quicker than the index of the constraint against overlaps.
inline const std::string kCalendarDayColumns = R"sql(
  ARRAY(SELECT s.start_time || '/' || s.end_time FROM schedules s
         WHERE s.doctor_id = d.id AND s.day_of_week = EXTRACT(DOW FROM $1::date)::smallint ORDER BY s.start_time),
  EXISTS (SELECT 1 FROM doctor_time_off t WHERE t.doctor_id = d.id AND $1::date BETWEEN t.start_date AND t.end_date),
  ARRAY(SELECT extract(epoch FROM a.start_time)::bigint / 60 || '/' || a.duration || '/' || a.type FROM appointments a
         WHERE a.doctor_id = d.id AND a.status <> 'cancelled'
           AND a.start_time > $2::timestamp - )sql" +
                                               kLongest + R"sql( AND a.start_time < $3::timestamp
           AND a.start_time + a.duration * INTERVAL '1 minute' > $2::timestamp
         ORDER BY a.start_time))sql";

/// Reads these columns.
domain::DoctorDay readCalendarDay(const Rows& rows, int row, int firstColumn, base::Date date);

/// The same of many days: $1 and $2 are the first and the last local date, $3 and $4 the bounds of them all in UTC.
inline const std::string kCalendarColumns = R"sql(
  ARRAY(SELECT s.day_of_week || '/' || s.start_time || '/' || s.end_time FROM schedules s
         WHERE s.doctor_id = d.id ORDER BY s.day_of_week, s.start_time),
  ARRAY(SELECT t.start_date || '/' || t.end_date FROM doctor_time_off t
         WHERE t.doctor_id = d.id AND t.end_date >= $1::date AND t.start_date <= $2::date),
  ARRAY(SELECT extract(epoch FROM a.start_time)::bigint / 60 || '/' || a.duration || '/' || a.type FROM appointments a
         WHERE a.doctor_id = d.id AND a.status <> 'cancelled'
           AND a.start_time > $3::timestamp - )sql" +
                                            kLongest + R"sql( AND a.start_time < $4::timestamp
           AND a.start_time + a.duration * INTERVAL '1 minute' > $3::timestamp
         ORDER BY a.start_time))sql";

/// Reads these columns.
domain::DoctorCalendar readCalendar(const Rows& rows, int row, int firstColumn);

} // namespace rota::postgres
