#pragma once

#include "app/ports/patient_store.hpp"
#include "support/in_memory_database.hpp"

namespace rota::testing {

class InMemoryPatientStore final : public app::PatientStore {
public:
    explicit InMemoryPatientStore(InMemoryDatabase& database) : database_(database) {}

    Registered findOrCreate(const domain::Patient& patient, base::Instant now) override;
    std::optional<domain::Patient> change(base::PatientId id, const PreferencesChange& change) override;
    std::optional<domain::Patient> find(base::PatientId id) override;

private:
    InMemoryDatabase& database_;
};

} // namespace rota::testing
