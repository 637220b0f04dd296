#include "app/find_availability.hpp"

#include "app/free_slots.hpp"

namespace rota::app {

FindAvailability::FindAvailability(DoctorStore& doctors, const AvailabilityPolicies& policies, const base::Clock& clock,
                                   const Clinic& clinic)
    : doctors_(doctors), policies_(policies), clock_(clock), clinic_(clinic) {}

std::optional<std::vector<base::Interval>>
FindAvailability::operator()(base::DoctorId doctor, base::Date date, base::Minutes duration, domain::VisitType type) {
    const auto day = doctors_.day(doctor, date, clinic_.zone.day(date));
    if (!day) return std::nullopt;
    return freeSlots(*policies_.forDoctor(doctor), clinic_, clock_.now(), doctor, *day, {duration, type});
}

} // namespace rota::app
