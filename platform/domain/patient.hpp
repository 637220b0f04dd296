#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rota::domain {

using base::PatientId;

/// In which messages are written.
enum class Language { English, Spanish };
std::string_view toString(Language language); ///< "en", "es"
std::optional<Language> parseLanguage(std::string_view text);

/// How somebody wants to be told of appointments.
struct Preferences {
    bool email = true;
    bool sms = true;
    Language language = Language::English;

    bool operator==(const Preferences&) const = default;
};

struct Patient {
    PatientId id;
    std::string name;
    std::string email;
    std::string phone; ///< XXX-XXX-XXXX
    base::Date dateOfBirth{};
    Preferences preferences;
};

/// What of a name decides whether two patients are the same person: without case, accents and spaces at the ends, runs
/// of spaces as one. Families share addresses and phones, twins even birthdays, so the name is part of the identity.
/// Text that is not UTF-8 is its own key.
std::string nameKey(const std::string& name);

/// What somebody filled in, as it came.
struct PatientForm {
    std::string name;
    std::string email;
    std::string phone;
    std::string dateOfBirth; ///< YYYY-MM-DD
    Preferences preferences{};
};

struct FieldError {
    std::string field; ///< as the API names it: "date_of_birth"
    std::string message;

    bool operator==(const FieldError&) const = default;
};

/// A patient without an id, spaces around the name taken away; or every field that is wrong, in the form's order.
/// `today` is the clinic's.
tl::expected<Patient, std::vector<FieldError>> parsePatient(const PatientForm& form, base::Date today);

} // namespace rota::domain
