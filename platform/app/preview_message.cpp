#include "app/preview_message.hpp"

namespace rota::app {

Message previewMessage(const Templates& templates, const Clinic& clinic, domain::JobKind kind,
                       domain::Language language, base::Instant now) {
    ClaimedJob job;
    job.kind = kind;
    job.doctorName = "Dr. Sarah Johnson";
    job.patientName = "Maria Lopez";
    job.patientEmail = "maria.lopez@example.com";
    job.patientPhone = "212-555-0101";
    job.preferences.language = language;
    auto& visit = job.appointment.emplace();
    visit.id = base::AppointmentId{1234};
    visit.start = clinic.zone.toUtcOrNext({base::addDays(clinic.zone.toLocal(now).date, 1), std::chrono::hours{9}});
    visit.duration = base::Minutes{30};
    job.notAfter = visit.start;
    auto message = templates.render(job, clinic, now);
    message.to = message.medium == domain::Medium::Email ? job.patientEmail : clinic.phoneCountry + "2125550101";
    message.toName = job.patientName;
    return message;
}

} // namespace rota::app
