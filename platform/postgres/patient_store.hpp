#pragma once

#include "app/ports/patient_store.hpp"
#include "postgres/pool.hpp"

namespace rota::postgres {

/// [thread-safe]
class PostgresPatientStore final : public app::PatientStore {
public:
    explicit PostgresPatientStore(Pool& pool) : pool_(pool) {}

    Registered findOrCreate(const domain::Patient& patient, base::Instant now) override;
    std::optional<domain::Patient> change(base::PatientId id, const PreferencesChange& change) override;
    std::optional<domain::Patient> find(base::PatientId id) override;

private:
    Pool& pool_;
};

} // namespace rota::postgres
