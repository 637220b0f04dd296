#include "app/register_patient.hpp"

namespace rota::app {

RegisterPatient::RegisterPatient(PatientStore& patients, const base::Clock& clock, const Clinic& clinic)
    : patients_(patients), clock_(clock), clinic_(clinic) {}

tl::expected<PatientStore::Registered, std::vector<domain::FieldError>>
RegisterPatient::operator()(const domain::PatientForm& form) {
    const auto now = clock_.now();
    return domain::parsePatient(form, clinic_.zone.toLocal(now).date).map([&](const domain::Patient& patient) {
        return patients_.findOrCreate(patient, now);
    });
}

} // namespace rota::app
