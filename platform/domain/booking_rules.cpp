#include "domain/booking_rules.hpp"

#include "domain/availability.hpp"

#include <algorithm>

namespace rota::domain {
namespace {

tl::unexpected<BookingRefused> refused(BookingRefused reason) {
    return tl::unexpected<BookingRefused>(std::move(reason));
}

} // namespace

tl::expected<void, BookingRefused> checkRequest(const BookingRules& rules, Instant now, Instant start, Minutes duration,
                                                VisitType type) {
    if (type == VisitType::NewPatient && duration != kLongestDuration) return refused(NewPatientNeedsHour{});
    if (start < now + rules.minNotice) return refused(TooSoon{rules.minNotice});
    if (start > now + rules.maxAdvance) return refused(TooFarAhead{rules.maxAdvance});
    return {};
}

tl::expected<void, BookingRefused> checkDay(const DoctorDay& day, const base::Zone& zone, Interval wanted) {
    if (day.hours.empty()) return refused(ClosedWeekday{day.date});
    if (day.timeOff) return refused(ClosedDate{day.date});

    const auto open = openIntervals(day.date, day.hours, zone);
    const auto holdsIt = [&](const Interval& interval) { return interval.contains(wanted); };
    if (std::none_of(open.begin(), open.end(), holdsIt)) return refused(OutsideWorkingHours{day.hours});

    const auto takesIt = [&](const BusySpan& busy) { return busy.span.overlaps(wanted); };
    if (std::any_of(day.busy.begin(), day.busy.end(), takesIt)) return refused(SlotTaken{});
    return {};
}

tl::expected<Cancellable, CancellationRefused> checkCancellation(const BookingRules& rules, Instant now,
                                                                 const Appointment& appointment) {
    using Refused = tl::unexpected<CancellationRefused>;
    if (appointment.status == AppointmentStatus::Cancelled) return Refused(AlreadyCancelled{});
    // One that is completed or missed has been, whatever the clock says.
    if (appointment.status != AppointmentStatus::Scheduled || appointment.start < now)
        return Refused(CannotCancelPast{});
    return Cancellable{appointment.start - now < rules.feeWindow};
}

tl::expected<void, ReschedulingRefused> checkRescheduling(const BookingRules& rules, Instant now,
                                                          const Appointment& appointment) {
    using Refused = tl::unexpected<ReschedulingRefused>;
    if (appointment.status == AppointmentStatus::Cancelled) return Refused(AlreadyCancelled{});
    if (appointment.status != AppointmentStatus::Scheduled || appointment.start < now)
        return Refused(CannotReschedulePast{});
    if (appointment.start - now < rules.feeWindow) return Refused(TooLateToReschedule{rules.feeWindow});
    return {};
}

tl::expected<void, ConclusionRefused> checkConclusion(Instant now, const Appointment& appointment) {
    using Refused = tl::unexpected<ConclusionRefused>;
    if (appointment.status == AppointmentStatus::Cancelled) return Refused(AlreadyCancelled{});
    if (now < appointment.start) return Refused(NotStartedYet{});
    return {};
}

} // namespace rota::domain
