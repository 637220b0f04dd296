#include "app/join_waitlist.hpp"

namespace rota::app {
namespace {

tl::unexpected<JoinRefused> refusedToJoin(JoinRefused reason) {
    return tl::unexpected<JoinRefused>(reason);
}

} // namespace

JoinWaitlist::JoinWaitlist(WaitlistStore& waitlist, DoctorStore& doctors, PatientStore& patients,
                           const base::Clock& clock, const Clinic& clinic)
    : waitlist_(waitlist), doctors_(doctors), patients_(patients), clock_(clock), clinic_(clinic) {}

tl::expected<void, JoinRefused> JoinWaitlist::check(const domain::WaitlistEntry& wanted) const {
    const auto doctor = doctors_.find(wanted.doctor);
    if (!doctor || !doctor->active) return refusedToJoin(domain::DoctorNotFound{});
    if (!patients_.find(wanted.patient)) return refusedToJoin(domain::PatientNotFound{});
    const auto now = wanted.createdAt;
    const auto& rules = clinic_.rules;
    if (wanted.desiredDate < clinic_.zone.toLocal(now).date) return refusedToJoin(DatePast{});
    if (wanted.desiredDate > clinic_.zone.toLocal(now + rules.maxAdvance).date)
        return refusedToJoin(DateTooFarAhead{rules.maxAdvance});
    return {};
}

tl::expected<base::WaitlistId, JoinRefused> JoinWaitlist::operator()(domain::WaitlistEntry wanted) {
    wanted.createdAt = clock_.now();
    if (auto checked = check(wanted); !checked) return tl::unexpected(checked.error());

    // The patient may be gone by the time that it is asked for again.
    JoinRefused reason = domain::PatientNotFound{};
    const auto decide = [&](const PatientsEntries& entries) {
        const bool full = entries.waiting >= clinic_.waitlist.maxEntries;
        if (entries.sameDay)
            reason = AlreadyWaiting{};
        else if (full)
            reason = TooManyEntries{clinic_.waitlist.maxEntries};
        return !entries.sameDay && !full;
    };
    const auto id =
        waitlist_.add(wanted, domain::waitlistHorizon(clinic_.waitlist, clinic_.zone, wanted.createdAt), decide);
    if (!id) return refusedToJoin(reason);
    return *id;
}

} // namespace rota::app
