#pragma once

#include "domain/patient.hpp"

#include <optional>

namespace rota::app {

/// Throws StorageError. [thread-safe]
class PatientStore {
public:
    virtual ~PatientStore() = default;

    struct Registered {
        domain::Patient patient; ///< as stored
        bool created = false;
    };

    /// The existing patient of the same email (case aside), date of birth and name (domain::nameKey), untouched; else
    /// a new one. Two at once make one row. `patient.id` is ignored.
    virtual Registered findOrCreate(const domain::Patient& patient, base::Instant now) = 0;

    /// None stays as it is.
    struct PreferencesChange {
        std::optional<bool> email;
        std::optional<bool> sms;
        std::optional<domain::Language> language;
    };
    /// The patient as stored then; none where unknown.
    virtual std::optional<domain::Patient> change(base::PatientId id, const PreferencesChange& change) = 0;

    virtual std::optional<domain::Patient> find(base::PatientId id) = 0;
};

} // namespace rota::app
