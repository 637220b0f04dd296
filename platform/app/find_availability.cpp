#include "app/find_availability.hpp"

namespace rota::app {

FindAvailability::FindAvailability(DoctorStore& doctors, const AvailabilityPolicies& policies, const base::Clock& clock,
                                   const Clinic& clinic)
    : doctors_(doctors), policies_(policies), clock_(clock), clinic_(clinic) {}

std::optional<std::vector<base::Interval>>
FindAvailability::operator()(base::DoctorId doctor, base::Date date, base::Minutes duration, domain::VisitType type) {
    const auto day = doctors_.day(doctor, date, clinic_.zone.day(date));
    if (!day) return std::nullopt;

    const auto now = clock_.now();
    const auto query = domain::availabilityQuery(*day, clinic_.zone, now, doctor, type, duration);
    // The notice keeps away all that is past, too.
    return domain::bookableNow(policies_.forDoctor(doctor)->slots(query), clinic_.rules, now);
}

} // namespace rota::app
