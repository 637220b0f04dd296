#include "app/reschedule_appointment.hpp"

#include "app/booking_check.hpp"
#include "app/queue_update.hpp"

#include <array>

namespace rota::app {
namespace {

using domain::JobKind;
using domain::PlannedJob;

/// The day without what the appointment itself takes of it.
BookingSnapshot without(const domain::Appointment& own, BookingSnapshot snapshot, base::Interval wanted) {
    if (own.span().overlaps(wanted)) --snapshot.clashes;
    std::erase_if(snapshot.day.busy, [&](const domain::BusySpan& busy) { return busy.span == own.span(); });
    return snapshot;
}

RescheduleRefused widened(const domain::ReschedulingRefused& reason) {
    return std::visit([](auto known) { return RescheduleRefused{known}; }, reason);
}

} // namespace

RescheduleAppointment::RescheduleAppointment(AppointmentStore& appointments, const AvailabilityPolicies& policies,
                                             JobQueue& queue, const base::Clock& clock, const Clinic& clinic)
    : appointments_(appointments), policies_(policies), queue_(queue), clock_(clock), clinic_(clinic) {}

tl::expected<void, RescheduleRefused> RescheduleAppointment::check(LockedAppointment& locked, base::Instant start,
                                                                   base::Instant now) const {
    const auto& own = locked.appointment();
    if (auto allowed = domain::checkRescheduling(clinic_.rules, now, own); !allowed)
        return tl::unexpected(widened(allowed.error()));

    const NewAppointment wanted{own.doctor, own.patient, start, own.duration, own.type};
    const BookingCheck booking{policies_, clinic_, now, wanted};
    const auto snapshot = booking.read(locked.calendar());
    if (!snapshot) return tl::unexpected<RescheduleRefused>(domain::BookingRefused{domain::DoctorNotFound{}});
    return booking.check(without(own, *snapshot, spanOf(wanted))).map_error([](domain::BookingRefused reason) {
        return RescheduleRefused{std::move(reason)};
    });
}

tl::expected<CancellationDone, RescheduleRefused> RescheduleAppointment::move(LockedAppointment& locked,
                                                                              base::Instant start) const {
    const auto now = clock_.now();
    if (auto checked = check(locked, start, now); !checked) return tl::unexpected(std::move(checked.error()));
    if (start == locked.appointment().start) return CancellationDone{};
    const std::array freed{PlannedJob{JobKind::PromoteWaitlist, now}};
    return locked.move(start, freed, domain::jobsForNewTime(JobKind::RescheduleNotice, now, start, clinic_.leads), now);
}

tl::expected<void, RescheduleRefused> RescheduleAppointment::operator()(base::AppointmentId id, base::Instant start) {
    tl::expected<CancellationDone, RescheduleRefused> done;
    const bool known = appointments_.withLocked(id, [&](LockedAppointment& locked) { done = move(locked, start); });
    if (!known) return tl::unexpected<RescheduleRefused>(AppointmentNotFound{});
    if (!done) return tl::unexpected(std::move(done.error()));
    updateQueue(queue_, done->voidedJobs, done->newJobs);
    return {};
}

} // namespace rota::app
