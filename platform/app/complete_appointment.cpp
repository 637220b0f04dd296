#include "app/complete_appointment.hpp"

#include <cassert>

namespace rota::app {

CompleteAppointment::CompleteAppointment(AppointmentStore& appointments, const base::Clock& clock)
    : appointments_(appointments), clock_(clock) {}

tl::expected<void, CompleteRefused> CompleteAppointment::operator()(base::AppointmentId id,
                                                                    domain::AppointmentStatus status) {
    assert(status == domain::AppointmentStatus::Completed || status == domain::AppointmentStatus::NoShow);

    tl::expected<void, domain::ConclusionRefused> verdict;
    const bool known = appointments_.withLocked(id, [&](LockedAppointment& locked) {
        verdict = domain::checkConclusion(clock_.now(), locked.appointment());
        if (verdict) locked.conclude(status);
    });
    if (!known) return tl::unexpected<CompleteRefused>(AppointmentNotFound{});
    if (!verdict)
        return tl::unexpected(std::visit([](auto reason) { return CompleteRefused{reason}; }, verdict.error()));
    return {};
}

} // namespace rota::app
