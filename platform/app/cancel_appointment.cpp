#include "app/cancel_appointment.hpp"

#include "app/queue_update.hpp"

#include <cassert>

namespace rota::app {

CancelAppointment::CancelAppointment(AppointmentStore& appointments, JobQueue& queue, const base::Clock& clock,
                                     const Clinic& clinic)
    : appointments_(appointments), queue_(queue), clock_(clock), clinic_(clinic) {}

tl::expected<Cancelled, CancelRefused> CancelAppointment::operator()(base::AppointmentId id) {
    const auto now = clock_.now();
    tl::expected<domain::Cancellable, domain::CancellationRefused> verdict;
    const auto done = appointments_.cancel(
        id,
        [&](const domain::Appointment& appointment) -> AppointmentStore::CancellationDecision {
            verdict = domain::checkCancellation(clinic_.rules, now, appointment);
            return {.cancel = verdict.has_value(),
                    .feeApplied = verdict && verdict->feeApplies,
                    .newJobs = {{domain::JobKind::PromoteWaitlist, now}}};
        },
        now);

    if (!done) return tl::unexpected<CancelRefused>(AppointmentNotFound{});
    if (!verdict) return tl::unexpected(std::visit([](auto reason) { return CancelRefused{reason}; }, verdict.error()));
    assert(done->has_value());

    updateQueue(queue_, (*done)->voidedJobs, (*done)->newJobs);
    return Cancelled{.feeApplied = verdict->feeApplies,
                     .feeCents = verdict->feeApplies ? clinic_.rules.feeCents : 0,
                     .messagesInFlight = (*done)->messagesInFlight};
}

} // namespace rota::app
