#pragma once

#include "app/ports/waitlist_store.hpp"
#include "support/in_memory_database.hpp"

namespace rota::testing {

class InMemoryWaitlistStore final : public app::WaitlistStore {
public:
    explicit InMemoryWaitlistStore(InMemoryDatabase& database) : database_(database) {}

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
    InMemoryDatabase& database_;
};

} // namespace rota::testing
