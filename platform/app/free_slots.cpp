#include "app/free_slots.hpp"

namespace rota::app {

std::vector<base::Interval> freeSlots(const AvailabilityPolicy& policy, const Clinic& clinic, base::Instant now,
                                      base::DoctorId doctor, const domain::DoctorDay& day, SlotsWanted wanted) {
    // A closed day is refused whatever a policy says; not asking it makes long ranges cheap.
    if (day.timeOff || day.hours.empty()) return {};
    const auto query = domain::availabilityQuery(day, clinic.zone, now, doctor, wanted.type, wanted.duration);
    // The notice keeps away all that is past, too.
    return domain::bookableNow(policy.slots(query), clinic.rules, now);
}

} // namespace rota::app
