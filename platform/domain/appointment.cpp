#include "domain/appointment.hpp"

namespace rota::domain {

std::string_view toString(VisitType type) {
    switch (type) {
    case VisitType::FollowUp: return "follow-up";
    case VisitType::Standard: return "standard";
    case VisitType::NewPatient: return "new-patient";
    }
    return "";
}

std::optional<VisitType> parseVisitType(std::string_view text) {
    for (const auto type : {VisitType::FollowUp, VisitType::Standard, VisitType::NewPatient})
        if (text == toString(type)) return type;
    return std::nullopt;
}

std::string_view toString(AppointmentStatus status) {
    switch (status) {
    case AppointmentStatus::Scheduled: return "scheduled";
    case AppointmentStatus::Completed: return "completed";
    case AppointmentStatus::Cancelled: return "cancelled";
    case AppointmentStatus::NoShow: return "no-show";
    }
    return "";
}

std::optional<AppointmentStatus> parseAppointmentStatus(std::string_view text) {
    for (const auto status : {AppointmentStatus::Scheduled, AppointmentStatus::Completed, AppointmentStatus::Cancelled,
                              AppointmentStatus::NoShow})
        if (text == toString(status)) return status;
    return std::nullopt;
}

std::string_view toString(AppointmentCategory category) {
    switch (category) {
    case AppointmentCategory::Upcoming: return "upcoming";
    case AppointmentCategory::Past: return "past";
    case AppointmentCategory::Cancelled: return "cancelled";
    }
    return "";
}

std::optional<AppointmentCategory> parseAppointmentCategory(std::string_view text) {
    for (const auto category :
         {AppointmentCategory::Upcoming, AppointmentCategory::Past, AppointmentCategory::Cancelled})
        if (text == toString(category)) return category;
    return std::nullopt;
}

AppointmentCategory categoryOf(const Appointment& appointment, Instant now) {
    if (appointment.status == AppointmentStatus::Cancelled) return AppointmentCategory::Cancelled;
    return appointment.start < now ? AppointmentCategory::Past : AppointmentCategory::Upcoming;
}

bool isBookableDuration(Minutes duration) {
    return duration == Minutes{15} || duration == Minutes{30} || duration == kLongestDuration;
}

} // namespace rota::domain
