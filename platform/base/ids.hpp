#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace rota::base {

/// A row's identity. Each kind is a type of its own, so that a patient's id is never taken for a doctor's.
template <class Tag>
struct Id {
    std::int64_t value = 0;

    auto operator<=>(const Id&) const = default;
};

using DoctorId = Id<struct DoctorTag>;
using PatientId = Id<struct PatientTag>;
using AppointmentId = Id<struct AppointmentTag>;
using WaitlistId = Id<struct WaitlistTag>;
using TimeOffId = Id<struct TimeOffTag>;
using JobId = Id<struct JobTag>;

} // namespace rota::base

template <class Tag>
struct std::hash<rota::base::Id<Tag>> {
    std::size_t operator()(const rota::base::Id<Tag>& id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
