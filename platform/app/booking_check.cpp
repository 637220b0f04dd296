#include "app/booking_check.hpp"

#include "domain/availability.hpp"

namespace rota::app {
namespace {

tl::unexpected<domain::BookingRefused> refused(domain::BookingRefused reason) {
    return tl::unexpected<domain::BookingRefused>(std::move(reason));
}

} // namespace

base::Interval spanOf(const NewAppointment& wanted) {
    return {wanted.start, wanted.start + wanted.duration};
}

std::optional<BookingSnapshot> BookingCheck::read(BookingCalendar& calendar) const {
    const auto date = clinic_.zone.toLocal(wanted_.start).date;
    auto snapshot = calendar.read(wanted_.doctor, wanted_.patient, date, clinic_.zone.day(date), spanOf(wanted_));
    return snapshot && snapshot->doctorActive ? std::move(snapshot) : std::nullopt;
}

tl::expected<void, domain::BookingRefused> BookingCheck::check(const BookingSnapshot& snapshot) const {
    if (!snapshot.patientExists) return refused(domain::PatientNotFound{});
    return domain::checkRequest(clinic_.rules, now_, wanted_.start, wanted_.duration, wanted_.type)
        .and_then([&] { return checkOpen(snapshot); })
        .map_error([&](domain::BookingRefused reason) {
            return std::holds_alternative<domain::SlotTaken>(reason) ? slotTaken(snapshot) : std::move(reason);
        });
}

bool BookingCheck::isOpen(const BookingSnapshot& snapshot) const {
    return snapshot.doctorActive && checkOpen(snapshot).has_value();
}

domain::SlotTaken BookingCheck::slotTaken(const BookingSnapshot& snapshot) const {
    return {domain::bookableNow(policies_.forDoctor(wanted_.doctor)->slots(query(snapshot)), clinic_.rules, now_)};
}

tl::expected<void, domain::BookingRefused> BookingCheck::checkOpen(const BookingSnapshot& snapshot) const {
    return domain::checkDay(snapshot.day, clinic_.zone, spanOf(wanted_))
        .and_then([&]() -> tl::expected<void, domain::BookingRefused> {
            if (snapshot.clashes > 0 || !policies_.forDoctor(wanted_.doctor)->admits(query(snapshot), wanted_.start))
                return refused(domain::SlotTaken{});
            return {};
        });
}

domain::AvailabilityQuery BookingCheck::query(const BookingSnapshot& snapshot) const {
    return domain::availabilityQuery(snapshot.day, clinic_.zone, now_, wanted_.doctor, wanted_.type, wanted_.duration);
}

} // namespace rota::app
