#include "http/error_responses.hpp"

#include "app/ports/availability_policy.hpp"
#include "app/ports/errors.hpp"
#include "base/log.hpp"
#include "http/json.hpp"

#include <fmt/format.h>

#include <typeinfo>

namespace rota::http {
namespace {

namespace log = base::log;

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

std::string counted(long long count, std::string_view unit) {
    return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
}

/// "2 hours", "90 days", "45 minutes": the largest unit that is whole; days from `dayFrom` on, so that 24 hours stay
/// hours where the text counts in hours.
std::string formatSpan(base::Milliseconds span, std::chrono::days dayFrom) {
    const auto minutes = std::chrono::ceil<std::chrono::minutes>(span);
    if (minutes >= dayFrom && minutes % std::chrono::days{1} == minutes.zero())
        return counted(minutes / std::chrono::days{1}, "day");
    if (minutes % std::chrono::hours{1} == minutes.zero()) return counted(minutes / std::chrono::hours{1}, "hour");
    return counted(minutes.count(), "minute");
}

Response closedWeekday(base::Date date) {
    const auto day = base::dayOfWeek(date);
    if (day == 0 || day == 6) return error(400, "Doctor is not available on weekends");
    return error(400, fmt::format("Doctor is not available on {}s", base::weekdayName(date)));
}

Json hoursJson(base::Minutes begin, base::Minutes end) {
    return {{"start", base::formatTimeOfDay(begin)}, {"end", base::formatTimeOfDay(end)}};
}

Response outsideWorkingHours(const std::vector<domain::HoursRange>& hours) {
    auto whole = hoursJson(hours.front().begin, hours.back().end);
    if (hours.size() > 1) {
        auto& intervals = whole["intervals"] = Json::array();
        for (const auto& range : hours)
            intervals.push_back(hoursJson(range.begin, range.end));
    }
    return json(400, {{"error", "Selected time is outside doctor's working hours"}, {"working_hours", whole}});
}

Response alreadyCancelled() {
    return error(409, "Appointment is already cancelled");
}

Response internalError() {
    return error(500, "Internal server error");
}

} // namespace

Response error(int status, std::string_view message) {
    return json(status, {{"error", message}});
}

Response validationFailed(const FieldErrors& errors) {
    auto details = Json::array();
    for (const auto& [field, message] : errors)
        details.push_back({{"field", field}, {"message", message}});
    return json(400, {{"error", "Validation failed"}, {"details", details}});
}

Response doctorNotFound() {
    return error(404, "Doctor not found");
}
Response patientNotFound() {
    return error(404, "Patient not found");
}
Response appointmentNotFound() {
    return error(404, "Appointment not found");
}

Response refused(const domain::BookingRefused& reason, const app::Clinic& clinic) {
    using std::chrono::days;
    return std::visit(
        Overloaded{
            [](const domain::DoctorNotFound&) { return doctorNotFound(); },
            [](const domain::PatientNotFound&) { return patientNotFound(); },
            [](const domain::NewPatientNeedsHour&) {
                return error(400, "New patient appointments require 60-minute slots");
            },
            [](const domain::TooSoon& soon) {
                return error(400, fmt::format("Must book at least {} in advance", formatSpan(soon.minNotice, days{2})));
            },
            [](const domain::TooFarAhead& far) {
                return error(400,
                             fmt::format("Cannot book more than {} in advance", formatSpan(far.maxAdvance, days{1})));
            },
            [](const domain::ClosedWeekday& closed) { return closedWeekday(closed.date); },
            [](const domain::ClosedDate& closed) {
                return error(400, fmt::format("Doctor is not available on {}", base::formatDate(closed.date)));
            },
            [](const domain::OutsideWorkingHours& outside) { return outsideWorkingHours(outside.hours); },
            [&](const domain::SlotTaken& taken) {
                return json(409, {{"error", "Time slot no longer available"},
                                  {"available_slots", slotsJson(taken.availableSlots, clinic.zone)}});
            },
        },
        reason);
}

Response refused(const app::CancelRefused& reason) {
    return std::visit(Overloaded{
                          [](const app::AppointmentNotFound&) { return appointmentNotFound(); },
                          [](const domain::AlreadyCancelled&) { return alreadyCancelled(); },
                          [](const domain::CannotCancelPast&) { return error(400, "Cannot cancel past appointments"); },
                      },
                      reason);
}

Response reschedulingRefused(const app::RescheduleRefused& reason, const app::Clinic& clinic) {
    return std::visit(
        Overloaded{
            [](const app::AppointmentNotFound&) { return appointmentNotFound(); },
            [](const domain::AlreadyCancelled&) { return alreadyCancelled(); },
            [](const domain::CannotReschedulePast&) { return error(400, "Cannot reschedule past appointments"); },
            [](const domain::TooLateToReschedule& late) {
                return error(400, fmt::format("Cannot reschedule less than {} before the appointment",
                                              formatSpan(late.window, std::chrono::days{2})));
            },
            [&](const domain::BookingRefused& booking) { return refused(booking, clinic); },
        },
        reason);
}

Response completionRefused(const app::CompleteRefused& reason) {
    return std::visit(Overloaded{
                          [](const app::AppointmentNotFound&) { return appointmentNotFound(); },
                          [](const domain::AlreadyCancelled&) { return alreadyCancelled(); },
                          [](const domain::NotStartedYet&) { return error(400, "Appointment has not started yet"); },
                      },
                      reason);
}

Response joiningRefused(const app::JoinRefused& reason) {
    return std::visit(
        Overloaded{
            [](const domain::DoctorNotFound&) { return doctorNotFound(); },
            [](const domain::PatientNotFound&) { return patientNotFound(); },
            [](const app::DatePast&) {
                return validationFailed({{"desired_date", "Must not be in the past"}});
            },
            [](const app::DateTooFarAhead& far) {
                return validationFailed(
                    {{"desired_date",
                      fmt::format("Must be at most {} ahead", formatSpan(far.maxAdvance, std::chrono::days{1}))}});
            },
            [](const app::AlreadyWaiting&) { return error(409, "Already on the waitlist for this date"); },
            [](const app::TooManyEntries& full) {
                return error(400, fmt::format("Maximum {} waitlist entries allowed", full.most));
            },
        },
        reason);
}

namespace {

/// What the database refused, it mostly refuses for a moment: it is away, or others held what was wanted.
Response tryAgain(Response response) {
    response.headers.push_back({"Retry-After", "5"});
    return response;
}

} // namespace

Response fromCurrentException() {
    try {
        throw;
    } catch (const app::StorageUnavailable& failure) {
        log::error("database unavailable", {{"cause", failure.what()}});
        return tryAgain(internalError());
    } catch (const app::StorageError& failure) {
        // Not what(): a server's message may quote the values of a row.
        log::error("database error", {{"sqlstate", failure.sqlstate()}, {"constraint", failure.constraint()}});
        return tryAgain(internalError());
    } catch (const app::QueueError& failure) {
        log::error("queue error", {{"cause", failure.what()}});
    } catch (const app::PolicyError& failure) {
        log::error("availability policy failed", {{"cause", failure.what()}});
    } catch (const std::exception& failure) {
        // Nor here: JSON's exceptions, for one, quote the text.
        log::error("unexpected exception", {{"type", typeid(failure).name()}});
    } catch (...) {
        log::error("unexpected exception", {{"type", "unknown"}});
    }
    return internalError();
}

} // namespace rota::http
