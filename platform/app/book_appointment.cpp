#include "app/book_appointment.hpp"

#include "app/booking_check.hpp"
#include "app/queue_update.hpp"

#include <cassert>
#include <stdexcept>

namespace rota::app {
namespace {

domain::Appointment made(base::AppointmentId id, const NewAppointment& wanted) {
    domain::Appointment appointment;
    appointment.id = id;
    appointment.doctor = wanted.doctor;
    appointment.patient = wanted.patient;
    appointment.start = wanted.start;
    appointment.duration = wanted.duration;
    appointment.type = wanted.type;
    return appointment;
}

} // namespace

/// What an attempt came to.
struct BookAppointment::Decision {
    std::variant<domain::BookingRefused, BookingMade, CalendarStale> outcome;
};

BookAppointment::BookAppointment(AppointmentStore& appointments, const AvailabilityPolicies& policies, JobQueue& queue,
                                 const base::Clock& clock, const Clinic& clinic)
    : appointments_(appointments), policies_(policies), queue_(queue), clock_(clock), clinic_(clinic) {}

BookAppointment::Decision BookAppointment::decide(BookingCalendar& calendar, const NewAppointment& wanted) const {
    const auto now = clock_.now();
    const BookingCheck booking{policies_, clinic_, now, wanted};

    const auto snapshot = booking.read(calendar);
    if (!snapshot) return {domain::DoctorNotFound{}};
    if (auto checked = booking.check(*snapshot); !checked) return {std::move(checked.error())};

    const auto jobs = domain::jobsForBooking(now, wanted.start, clinic_.leads);
    auto written = calendar.write(wanted, jobs, snapshot->calendarVersion, now);
    if (auto* made = std::get_if<BookingMade>(&written)) return {std::move(*made)};
    if (std::holds_alternative<CalendarStale>(written)) return {CalendarStale{}};

    // The constraint knows of an appointment that the snapshot did not show: look again for what is left.
    const auto fresh = booking.read(calendar);
    return {fresh ? booking.slotTaken(*fresh) : domain::SlotTaken{}};
}

tl::expected<domain::Appointment, domain::BookingRefused> BookAppointment::operator()(const NewAppointment& wanted) {
    assert(domain::isBookableDuration(wanted.duration));

    Decision decision;
    const auto decideOn = [&](BookingCalendar& calendar) { decision = decide(calendar, wanted); };
    appointments_.withCalendar(decideOn);
    if (std::holds_alternative<CalendarStale>(decision.outcome))
        appointments_.withLockedCalendar(wanted.doctor, decideOn);

    if (auto* reason = std::get_if<domain::BookingRefused>(&decision.outcome))
        return tl::unexpected(std::move(*reason));
    const auto* booking = std::get_if<BookingMade>(&decision.outcome);
    if (!booking) throw std::logic_error("a calendar changed while its doctor's row was locked");

    updateQueue(queue_, {}, booking->jobs);
    return made(booking->id, wanted);
}

} // namespace rota::app
