#include "support/in_memory_patient_store.hpp"

#include <algorithm>

namespace rota::testing {
namespace {

std::string lowerAscii(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return text;
}

bool samePerson(const domain::Patient& a, const domain::Patient& b) {
    return lowerAscii(a.email) == lowerAscii(b.email) && a.dateOfBirth == b.dateOfBirth &&
           domain::nameKey(a.name) == domain::nameKey(b.name);
}

} // namespace

app::PatientStore::Registered InMemoryPatientStore::findOrCreate(const domain::Patient& patient, base::Instant) {
    return database_.transaction([&](InMemoryTables& tables) -> Registered {
        for (const auto& [id, known] : tables.patients)
            if (samePerson(known, patient)) return {known, false};
        auto created = patient;
        created.id = {++tables.lastId};
        tables.patients[created.id] = created;
        return {created, true};
    });
}

std::optional<domain::Patient> InMemoryPatientStore::change(base::PatientId id, const PreferencesChange& change) {
    return database_.transaction([&](InMemoryTables& tables) -> std::optional<domain::Patient> {
        const auto row = tables.patients.find(id);
        if (row == tables.patients.end()) return std::nullopt;
        auto& preferences = row->second.preferences;
        preferences.email = change.email.value_or(preferences.email);
        preferences.sms = change.sms.value_or(preferences.sms);
        preferences.language = change.language.value_or(preferences.language);
        return row->second;
    });
}

std::optional<domain::Patient> InMemoryPatientStore::find(base::PatientId id) {
    return database_.transaction([&](InMemoryTables& tables) -> std::optional<domain::Patient> {
        const auto row = tables.patients.find(id);
        if (row == tables.patients.end()) return std::nullopt;
        return row->second;
    });
}

} // namespace rota::testing
