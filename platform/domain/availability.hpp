#pragma once

#include "base/zone.hpp"
#include "domain/appointment.hpp"
#include "domain/booking_rules.hpp"
#include "domain/doctor.hpp"

#include <span>
#include <vector>

namespace rota::domain {

/// The wall-clock hours of a date as instants: a clock change within makes them shorter or longer, or leaves none.
std::vector<Interval> openIntervals(Date date, std::span<const HoursRange> hours, const base::Zone& zone);

/// The distance of offered starts: min(duration, 30 minutes), from each open interval's start.
Minutes slotStep(Minutes duration);

/// What an availability policy decides on: a snapshot, so that the answer depends on nothing else.
struct AvailabilityQuery {
    Instant now;
    std::string zone; ///< of the clinic, as tzdata names it
    DoctorId doctor;
    VisitType type = VisitType::Standard;
    Minutes duration{30};
    Interval window;            ///< the local day asked for
    std::vector<Interval> open; ///< working hours within the window, normalized; empty on a closed day
    std::vector<BusySpan> busy; ///< sorted by begin
};

/// The day of a doctor as a query: hours and time off become `open`.
AvailabilityQuery availabilityQuery(const DoctorDay& day, const base::Zone& zone, Instant now, DoctorId doctor,
                                    VisitType type, Minutes duration);

/// Slots whose start lies between the notice and the horizon; the others could not be booked now.
std::vector<Interval> bookableNow(std::vector<Interval> slots, const BookingRules& rules, Instant now);

} // namespace rota::domain
