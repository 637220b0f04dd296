#include "app/cancel_appointment.hpp"

#include "app/ports/errors.hpp"
#include "app/queue_update.hpp"
#include "base/limits.hpp"

#include <cassert>

namespace rota::app {

namespace limits = base::limits;

CancelAppointment::CancelAppointment(AppointmentStore& appointments, DeliveryStore& deliveries, JobQueue& queue,
                                     const base::Clock& clock, const Clinic& clinic, Pause pause)
    : appointments_(appointments),
      deliveries_(deliveries),
      queue_(queue),
      clock_(clock),
      clinic_(clinic),
      pause_(std::move(pause)) {}

tl::expected<Cancelled, CancelRefused> CancelAppointment::operator()(base::AppointmentId id) {
    const auto now = clock_.now();
    tl::expected<domain::Cancellable, domain::CancellationRefused> verdict;
    const auto done = appointments_.cancel(
        id,
        [&](const domain::Appointment& appointment) -> AppointmentStore::CancellationDecision {
            verdict = domain::checkCancellation(clinic_.rules, now, appointment);
            return {.cancel = verdict.has_value(),
                    .feeApplied = verdict && verdict->feeApplies,
                    .newJobs = {{domain::JobKind::CancellationNotice, now}, {domain::JobKind::PromoteWaitlist, now}}};
        },
        now);

    if (!done) return tl::unexpected<CancelRefused>(AppointmentNotFound{});
    if (!verdict) return tl::unexpected(std::visit([](auto reason) { return CancelRefused{reason}; }, verdict.error()));
    assert(done->has_value());

    updateQueue(queue_, (*done)->voidedJobs, (*done)->newJobs);
    return Cancelled{.feeApplied = verdict->feeApplies,
                     .feeCents = verdict->feeApplies ? clinic_.rules.feeCents : 0,
                     .messagesInFlight = stillInFlight((*done)->inFlight)};
}

/// The cancellation stands already: what cannot be found out counts as under way.
int CancelAppointment::stillInFlight(std::span<const base::JobId> jobs) {
    if (jobs.empty()) return 0;
    try {
        auto now = deliveries_.inFlight(jobs);
        for (base::Milliseconds waited{0}; now.running > 0 && waited < limits::kInFlightWait;
             waited += limits::kInFlightLook) {
            pause_(limits::kInFlightLook);
            now = deliveries_.inFlight(jobs);
        }
        return static_cast<int>(now.running + now.left);
    } catch (const StorageError&) {
        return static_cast<int>(jobs.size());
    }
}

} // namespace rota::app
