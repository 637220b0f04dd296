#include "app/book_appointment.hpp"

#include "app/queue_update.hpp"
#include "domain/availability.hpp"

#include <cassert>
#include <stdexcept>

namespace rota::app {
namespace {

base::Interval spanOf(const NewAppointment& wanted) {
    return {wanted.start, wanted.start + wanted.duration};
}

domain::Appointment made(base::AppointmentId id, const NewAppointment& wanted) {
    domain::Appointment appointment;
    appointment.id = id;
    appointment.doctor = wanted.doctor;
    appointment.patient = wanted.patient;
    appointment.start = wanted.start;
    appointment.duration = wanted.duration;
    appointment.type = wanted.type;
    return appointment;
}

/// One attempt at one booking: the questions that are asked of a snapshot of the doctor's day.
class Attempt {
public:
    Attempt(BookingCalendar& calendar, const AvailabilityPolicy& policy, const Clinic& clinic, base::Instant now,
            const NewAppointment& wanted)
        : calendar_(calendar), policy_(policy), clinic_(clinic), now_(now), wanted_(wanted) {}

    std::optional<BookingSnapshot> read() const {
        const auto date = clinic_.zone.toLocal(wanted_.start).date;
        auto snapshot = calendar_.read(wanted_.doctor, wanted_.patient, date, clinic_.zone.day(date), spanOf(wanted_));
        // An inactive doctor is nobody's doctor any more.
        return snapshot && snapshot->doctorActive ? std::move(snapshot) : std::nullopt;
    }

    /// The first reason that speaks against the booking, in the order that the API promises.
    tl::expected<void, domain::BookingRefused> check(const BookingSnapshot& snapshot) const {
        if (!snapshot.patientExists) return refused(domain::PatientNotFound{});
        return domain::checkRequest(clinic_.rules, now_, wanted_.start, wanted_.duration, wanted_.type)
            .and_then([&] { return domain::checkDay(snapshot.day, clinic_.zone, spanOf(wanted_)); })
            .and_then([&] { return checkFree(snapshot); })
            .map_error([&](domain::BookingRefused reason) {
                return std::holds_alternative<domain::SlotTaken>(reason) ? slotTaken(snapshot) : std::move(reason);
            });
    }

    domain::SlotTaken slotTaken(const BookingSnapshot& snapshot) const {
        return {domain::bookableNow(policy_.slots(query(snapshot)), clinic_.rules, now_)};
    }

private:
    static tl::unexpected<domain::BookingRefused> refused(domain::BookingRefused reason) {
        return tl::unexpected<domain::BookingRefused>(std::move(reason));
    }

    tl::expected<void, domain::BookingRefused> checkFree(const BookingSnapshot& snapshot) const {
        if (snapshot.clashes > 0 || !policy_.admits(query(snapshot), wanted_.start))
            return refused(domain::SlotTaken{});
        return {};
    }

    domain::AvailabilityQuery query(const BookingSnapshot& snapshot) const {
        return domain::availabilityQuery(snapshot.day, clinic_.zone, now_, wanted_.doctor, wanted_.type,
                                         wanted_.duration);
    }

    BookingCalendar& calendar_;
    const AvailabilityPolicy& policy_;
    const Clinic& clinic_;
    base::Instant now_;
    const NewAppointment& wanted_;
};

} // namespace

/// What an attempt came to.
struct BookAppointment::Decision {
    std::variant<domain::BookingRefused, BookingMade, CalendarStale> outcome;
};

BookAppointment::BookAppointment(AppointmentStore& appointments, const AvailabilityPolicies& policies, JobQueue& queue,
                                 const base::Clock& clock, const Clinic& clinic)
    : appointments_(appointments), policies_(policies), queue_(queue), clock_(clock), clinic_(clinic) {}

BookAppointment::Decision BookAppointment::decide(BookingCalendar& calendar, const NewAppointment& wanted) const {
    const auto now = clock_.now();
    const auto policy = policies_.forDoctor(wanted.doctor);
    const Attempt attempt{calendar, *policy, clinic_, now, wanted};

    const auto snapshot = attempt.read();
    if (!snapshot) return {domain::DoctorNotFound{}};
    if (auto checked = attempt.check(*snapshot); !checked) return {std::move(checked.error())};

    const auto jobs = domain::jobsForBooking(now, wanted.start, clinic_.leads);
    auto written = calendar.write(wanted, jobs, snapshot->calendarVersion, now);
    if (auto* booking = std::get_if<BookingMade>(&written)) return {std::move(*booking)};
    if (std::holds_alternative<CalendarStale>(written)) return {CalendarStale{}};

    // The constraint knows of an appointment that the snapshot did not show: look again for what is left.
    const auto fresh = attempt.read();
    return {fresh ? attempt.slotTaken(*fresh) : domain::SlotTaken{}};
}

tl::expected<domain::Appointment, domain::BookingRefused> BookAppointment::operator()(const NewAppointment& wanted) {
    assert(domain::isBookableDuration(wanted.duration));

    Decision decision;
    const auto decideOn = [&](BookingCalendar& calendar) { decision = decide(calendar, wanted); };
    appointments_.withCalendar(decideOn);
    if (std::holds_alternative<CalendarStale>(decision.outcome))
        appointments_.withLockedCalendar(wanted.doctor, decideOn);

    if (auto* reason = std::get_if<domain::BookingRefused>(&decision.outcome))
        return tl::unexpected(std::move(*reason));
    const auto* booking = std::get_if<BookingMade>(&decision.outcome);
    if (!booking) throw std::logic_error("a calendar changed while its doctor's row was locked");

    updateQueue(queue_, {}, booking->jobs);
    return made(booking->id, wanted);
}

} // namespace rota::app
