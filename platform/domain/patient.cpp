#include "domain/patient.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "base/text_reader.hpp"
#include "base/utf8.hpp"
#include "base/zone.hpp"
#include "domain/name_folding.hpp"

#include <algorithm>

namespace rota::domain {
namespace {

namespace limits = base::limits;

constexpr base::Date kEarliestBirth{std::chrono::year{1900}, std::chrono::January, std::chrono::day{1}};

bool isSpace(char32_t c) {
    return c == U' ' || (c >= U'\t' && c <= U'\r') || c == 0x00A0 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F ||
           c == 0x3000;
}

std::u32string trimmed(const std::u32string& text) {
    const auto first = std::find_if_not(text.begin(), text.end(), isSpace);
    const auto last = std::find_if_not(text.rbegin(), std::make_reverse_iterator(first), isSpace);
    return {first, last.base()};
}

std::vector<std::string_view> splitAtDots(std::string_view text) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto dot = text.find('.');
        parts.push_back(text.substr(0, dot));
        if (dot == std::string_view::npos) return parts;
        text.remove_prefix(dot + 1);
    }
}

bool isAtom(std::string_view part) {
    constexpr std::string_view kSpecials = "!#$%&'*+/=?^_`{|}~-";
    return !part.empty() && std::all_of(part.begin(), part.end(), [&](char c) {
        return base::isAlphanumeric(c) || kSpecials.find(c) != std::string_view::npos;
    });
}

bool isHostLabel(std::string_view label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(), [](char c) { return base::isAlphanumeric(c) || c == '-'; });
}

/// The addresses that are in use: dots and atoms before the @, a host name of two labels or more behind it.
bool isEmail(std::string_view text) {
    constexpr std::size_t kLocalPartLength = 64;
    const auto at = text.find('@');
    if (text.size() > limits::kEmailLength || at == std::string_view::npos || at > kLocalPartLength) return false;

    const auto atoms = splitAtDots(text.substr(0, at));
    const auto labels = splitAtDots(text.substr(at + 1));
    return std::all_of(atoms.begin(), atoms.end(), isAtom) && labels.size() >= 2 &&
           std::all_of(labels.begin(), labels.end(), isHostLabel) && labels.back().size() >= 2 &&
           base::isLetter(labels.back().front());
}

bool isPhone(std::string_view text) {
    base::TextReader reader{text};
    return reader.number(3) && reader.take('-') && reader.number(3) && reader.take('-') && reader.number(4) &&
           reader.atEnd();
}

using Problems = std::vector<FieldError>;

std::string parseName(const std::string& text, Problems& problems) {
    const auto characters = base::fromUtf8(text);
    const auto name = characters ? trimmed(*characters) : std::u32string{};
    if (!characters || std::any_of(name.begin(), name.end(), base::isControl)) {
        problems.push_back({"name", "Invalid name"});
    } else if (nameKey(base::toUtf8(name)).empty()) {
        problems.push_back({"name", "Name is required"});
    } else if (name.size() > limits::kNameLength) {
        problems.push_back({"name", "Name must be at most " + std::to_string(limits::kNameLength) + " characters"});
    }
    return base::toUtf8(name);
}

base::Date parseBirth(const std::string& text, base::Date today, Problems& problems) {
    const auto date = base::parseDate(text);
    if (!date) {
        problems.push_back({"date_of_birth", "Invalid date format"});
    } else if (*date >= today) {
        problems.push_back({"date_of_birth", "Date of birth must be in the past"});
    } else if (*date < kEarliestBirth) {
        problems.push_back({"date_of_birth", "Date of birth must not be before 1900"});
    }
    return date.value_or(base::Date{});
}

} // namespace

std::string_view toString(Language language) {
    return language == Language::Spanish ? "es" : "en";
}

std::optional<Language> parseLanguage(std::string_view text) {
    for (const auto language : {Language::English, Language::Spanish})
        if (text == toString(language)) return language;
    return std::nullopt;
}

std::string nameKey(const std::string& name) {
    const auto characters = base::fromUtf8(name);
    if (!characters) return name;

    std::u32string key;
    bool spaceDue = false;
    for (const char32_t c : *characters) {
        if (isSpace(c)) {
            spaceDue = !key.empty();
            continue;
        }
        const auto letters = foldedLetter(c);
        if (letters.empty()) continue;
        if (std::exchange(spaceDue, false)) key += U' ';
        key += letters;
    }
    return base::toUtf8(key);
}

tl::expected<Patient, std::vector<FieldError>> parsePatient(const PatientForm& form, base::Date today) {
    Problems problems;
    Patient patient;
    patient.name = parseName(form.name, problems);
    patient.email = form.email;
    if (!isEmail(form.email)) problems.push_back({"email", "Invalid email format"});
    patient.phone = form.phone;
    if (!isPhone(form.phone)) problems.push_back({"phone", "Invalid phone format"});
    patient.dateOfBirth = parseBirth(form.dateOfBirth, today, problems);
    patient.preferences = form.preferences;
    if (!problems.empty()) return tl::unexpected(std::move(problems));
    return patient;
}

} // namespace rota::domain
