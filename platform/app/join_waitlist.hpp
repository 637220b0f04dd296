#pragma once

#include "app/clinic.hpp"
#include "app/ports/doctor_store.hpp"
#include "app/ports/patient_store.hpp"
#include "app/ports/waitlist_store.hpp"
#include "base/clock.hpp"

#include <tl/expected.hpp>

#include <variant>

namespace rota::app {

struct DatePast {};
struct DateTooFarAhead {
    base::Milliseconds maxAdvance;
};
struct AlreadyWaiting {};
struct TooManyEntries {
    int most = 0;
};
using JoinRefused = std::variant<domain::DoctorNotFound, domain::PatientNotFound, DatePast, DateTooFarAhead,
                                 AlreadyWaiting, TooManyEntries>;

/// Lets a patient wait for a time of a doctor on a day. The reasons against it in the order of JoinRefused. Throws
/// StorageError. [thread-safe]
class JoinWaitlist {
public:
    JoinWaitlist(WaitlistStore& waitlist, DoctorStore& doctors, PatientStore& patients, const base::Clock& clock,
                 const Clinic& clinic);

    /// Id and time of `wanted` are ignored.
    tl::expected<base::WaitlistId, JoinRefused> operator()(domain::WaitlistEntry wanted);

private:
    tl::expected<void, JoinRefused> check(const domain::WaitlistEntry& wanted) const;

    WaitlistStore& waitlist_;
    DoctorStore& doctors_;
    PatientStore& patients_;
    const base::Clock& clock_;
    const Clinic& clinic_;
};

} // namespace rota::app
