#include "postgres/patient_store.hpp"

#include "postgres/preferences_row.hpp"

namespace rota::postgres {
namespace {

const std::string kPatientColumns = "id, name, email, phone, date_of_birth, email_opt_in, sms_opt_in, language";

/// Gives a row only where it is a new one: of two at once, one waits for the other and then gets none.
const Statement kCreate{"patient_create", R"sql(
INSERT INTO patients (name, email, phone, date_of_birth, name_key, created_at, email_opt_in, sms_opt_in, language)
VALUES ($1, $2, $3, $4::date, $5, $6::timestamp, $7::bool, $8::bool, $9)
ON CONFLICT (lower(email), date_of_birth, name_key) DO NOTHING
RETURNING )sql" + kPatientColumns};

const Statement kFindSame{"patient_find_same", "SELECT " + kPatientColumns + R"sql( FROM patients
WHERE lower(email) = lower($1) AND date_of_birth = $2::date AND name_key = $3)sql"};

const Statement kFindPatient{"patient_find", "SELECT " + kPatientColumns + " FROM patients WHERE id = $1::bigint"};

const Statement kChange{"patient_change", R"sql(
UPDATE patients SET email_opt_in = COALESCE($2::bool, email_opt_in), sms_opt_in = COALESCE($3::bool, sms_opt_in),
       language = COALESCE($4, language)
 WHERE id = $1::bigint RETURNING )sql" + kPatientColumns};

domain::Patient readPatient(const Rows& rows) {
    domain::Patient patient;
    patient.id = rows.id<base::PatientId>(0, 0);
    patient.name = rows.string(0, 1);
    patient.email = rows.string(0, 2);
    patient.phone = rows.string(0, 3);
    patient.dateOfBirth = rows.date(0, 4);
    patient.preferences = readPreferences(rows, 0, 5);
    return patient;
}

} // namespace

// Looks first: a form that is sent again then costs no id. Looks again where another one was quicker.
app::PatientStore::Registered PostgresPatientStore::findOrCreate(const domain::Patient& patient, base::Instant now) {
    const std::string key = domain::nameKey(patient.name);
    const Parameters identity{patient.email, patient.dateOfBirth, key};
    return pool_.retrying([&](Connection& connection) -> Registered {
        for (int attempt = 0; attempt < 3; ++attempt) {
            const Rows same = connection.run(kFindSame, identity);
            if (!same.empty()) return {readPatient(same), false};
            const Rows created =
                connection.run(kCreate, {patient.name, patient.email, patient.phone, patient.dateOfBirth, key, now,
                                         patient.preferences.email, patient.preferences.sms,
                                         domain::toString(patient.preferences.language)});
            if (!created.empty()) return {readPatient(created), true};
        }
        throw app::StorageError("", "patients_identity", "a patient appears and vanishes while being registered");
    });
}

std::optional<domain::Patient> PostgresPatientStore::change(base::PatientId id, const PreferencesChange& change) {
    const Parameter language =
        change.language ? Parameter(domain::toString(*change.language)) : Parameter(std::nullopt);
    const Rows rows = pool_.retrying([&](Connection& connection) {
        return connection.run(kChange, {id, orNull(change.email), orNull(change.sms), language});
    });
    if (rows.empty()) return std::nullopt;
    return readPatient(rows);
}

std::optional<domain::Patient> PostgresPatientStore::find(base::PatientId id) {
    const Rows rows = pool_.retrying([&](Connection& connection) { return connection.run(kFindPatient, {id}); });
    if (rows.empty()) return std::nullopt;
    return readPatient(rows);
}

} // namespace rota::postgres
