#pragma once

#include "app/ports/availability_policy.hpp"

namespace rota::testing {

/// The standard policy in its simplest form: free times on the grid of each open interval are offered, and any free
/// time within the hours is admitted. The reference that the properties hold the domain to.
class StandardPolicy final : public app::AvailabilityPolicy {
public:
    std::vector<base::Interval> slots(const domain::AvailabilityQuery& query) const override;
    bool admits(const domain::AvailabilityQuery& query, base::Instant start) const override;
};

/// One policy for every doctor.
class OnePolicy final : public app::AvailabilityPolicies {
public:
    explicit OnePolicy(std::shared_ptr<const app::AvailabilityPolicy> policy = std::make_shared<StandardPolicy>())
        : policy_(std::move(policy)) {}

    std::shared_ptr<const app::AvailabilityPolicy> forDoctor(base::DoctorId) const override { return policy_; }

private:
    std::shared_ptr<const app::AvailabilityPolicy> policy_;
};

} // namespace rota::testing
