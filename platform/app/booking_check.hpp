#pragma once

#include "app/clinic.hpp"
#include "app/ports/appointment_store.hpp"
#include "app/ports/availability_policy.hpp"

#include <tl/expected.hpp>

#include <optional>

namespace rota::app {

/// The questions that one attempt at one appointment asks of a snapshot of the doctor's day. Holds references: it lives
/// no longer than what it was made of. Throws what the calendar and the policy throw. The policy is looked up after the
/// snapshot was read: a swap raises every calendar's version once the new policies serve, so whoever still decides by
/// an old one holds a snapshot that is stale.
class BookingCheck {
public:
    BookingCheck(const AvailabilityPolicies& policies, const Clinic& clinic, base::Instant now,
                 const NewAppointment& wanted)
        : policies_(policies), clinic_(clinic), now_(now), wanted_(wanted) {}

    /// None where the doctor is unknown, or inactive and so nobody's doctor any more.
    std::optional<BookingSnapshot> read(BookingCalendar& calendar) const;

    /// The first reason that speaks against the booking, in the order that the API promises.
    tl::expected<void, domain::BookingRefused> check(const BookingSnapshot& snapshot) const;

    /// Whether the time is within the hours, no time off, free and admitted; notice and horizon are not asked for.
    bool isOpen(const BookingSnapshot& snapshot) const;

    domain::SlotTaken slotTaken(const BookingSnapshot& snapshot) const;

private:
    tl::expected<void, domain::BookingRefused> checkOpen(const BookingSnapshot& snapshot) const;
    domain::AvailabilityQuery query(const BookingSnapshot& snapshot) const;

    const AvailabilityPolicies& policies_;
    const Clinic& clinic_;
    base::Instant now_;
    const NewAppointment& wanted_;
};

base::Interval spanOf(const NewAppointment& wanted);

} // namespace rota::app
