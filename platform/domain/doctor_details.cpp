#include "domain/doctor_details.hpp"

#include "base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rota::domain {
namespace {

constexpr std::int64_t kMostYears = 80;

bool isBlank(const std::u32string& text) {
    return text.find_first_not_of(U" \u00a0") == std::u32string::npos;
}

struct TextRule {
    const char* field;
    std::size_t longest; ///< in characters, as the column counts
    bool required = false;
    bool paragraphs = false; ///< may have line breaks, as a biography
};

void checkText(const std::optional<std::string>& text, const TextRule& rule, std::vector<FieldError>& errors) {
    if (!text) return;
    const auto characters = base::fromUtf8(*text);
    const auto wrong = [&](char32_t c) { return base::isControl(c) && !(rule.paragraphs && c == U'\n'); };
    if (!characters || std::any_of(characters->begin(), characters->end(), wrong))
        errors.push_back({rule.field, "Must not contain control characters"});
    else if (rule.required && isBlank(*characters))
        errors.push_back({rule.field, "Is required"});
    else if (characters->size() > rule.longest)
        errors.push_back({rule.field, fmt::format("Must be at most {} characters", rule.longest)});
}

} // namespace

std::vector<FieldError> checkDetails(const DoctorDetails& details) {
    std::vector<FieldError> errors;
    checkText(details.name, {"name", 100, true}, errors);
    checkText(details.specialty, {"specialty", 50, true}, errors);
    checkText(details.bio, {"bio", 2000, false, true}, errors);
    checkText(details.photoUrl, {"photo_url", 255}, errors);
    if (const auto years = details.yearsOfExperience; years && (*years < 0 || *years > kMostYears))
        errors.push_back({"years_of_experience", fmt::format("Must be from 0 to {}", kMostYears)});
    return errors;
}

Doctor withDetails(Doctor doctor, const DoctorDetails& details) {
    doctor.name = details.name.value_or(doctor.name);
    doctor.specialty = details.specialty.value_or(doctor.specialty);
    doctor.bio = details.bio.value_or(doctor.bio);
    doctor.photoUrl = details.photoUrl.value_or(doctor.photoUrl);
    doctor.yearsOfExperience = static_cast<int>(details.yearsOfExperience.value_or(doctor.yearsOfExperience));
    doctor.active = details.active.value_or(doctor.active);
    return doctor;
}

} // namespace rota::domain
