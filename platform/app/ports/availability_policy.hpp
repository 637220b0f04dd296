#pragma once

#include "domain/availability.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace rota::app {

/// A policy's plugin failed; the request cannot be decided.
class PolicyError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Which times a doctor offers, by a plugin. A pure function of the query; what it offers it admits. Throws
/// PolicyError. [thread-safe]
class AvailabilityPolicy {
public:
    virtual ~AvailabilityPolicy() = default;
    /// Offered slots, sorted by start.
    virtual std::vector<base::Interval> slots(const domain::AvailabilityQuery& query) const = 0;
    /// Whether an appointment of the query's type and duration may start then.
    virtual bool admits(const domain::AvailabilityQuery& query, base::Instant start) const = 0;
};

class AvailabilityPolicies {
public:
    virtual ~AvailabilityPolicies() = default;
    virtual std::shared_ptr<const AvailabilityPolicy> forDoctor(base::DoctorId doctor) const = 0;
};

} // namespace rota::app
