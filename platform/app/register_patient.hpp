#pragma once

#include "app/clinic.hpp"
#include "app/ports/patient_store.hpp"
#include "base/clock.hpp"

#include <tl/expected.hpp>

#include <vector>

namespace rota::app {

/// Makes a patient known, or finds the one who is known already and changes nothing of them. Throws StorageError.
/// [thread-safe]
class RegisterPatient {
public:
    RegisterPatient(PatientStore& patients, const base::Clock& clock, const Clinic& clinic);

    /// Every field that is wrong, or the patient as stored.
    tl::expected<PatientStore::Registered, std::vector<domain::FieldError>> operator()(const domain::PatientForm& form);

private:
    PatientStore& patients_;
    const base::Clock& clock_;
    const Clinic& clinic_;
};

} // namespace rota::app
