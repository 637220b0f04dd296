#pragma once

#include "app/ports/waitlist_store.hpp"
#include "postgres/pool.hpp"

namespace rota::postgres {

/// Locks, where it does, in the order doctor, patient, appointment, waitlist, jobs. [thread-safe]
class PostgresWaitlistStore final : public app::WaitlistStore {
public:
    explicit PostgresWaitlistStore(Pool& pool) : pool_(pool) {}

    std::optional<base::WaitlistId> add(const domain::WaitlistEntry& entry, const domain::WaitlistHorizon& horizon,
                                        const std::function<bool(const app::PatientsEntries&)>& decide) override;
    std::vector<app::WaitlistDetails> ofDoctor(base::DoctorId doctor, const domain::WaitlistHorizon& horizon) override;
    std::vector<app::WaitlistDetails> ofPatient(base::PatientId patient,
                                                const domain::WaitlistHorizon& horizon) override;
    std::optional<app::WaitlistDetails> find(base::WaitlistId id, const domain::WaitlistHorizon& horizon) override;
    Removed remove(base::WaitlistId id) override;
    std::vector<app::WaitlistCandidateRow> candidates(base::DoctorId doctor, base::Date date,
                                                      const domain::WaitlistHorizon& horizon) override;
    std::optional<app::BookingMade> promote(const app::PromotionWanted& wanted,
                                            const std::function<bool(const app::PromotionSnapshot&)>& decide,
                                            base::Instant now) override;
    std::size_t expire(const domain::WaitlistHorizon& horizon) override;

private:
    Pool& pool_;
};

} // namespace rota::postgres
