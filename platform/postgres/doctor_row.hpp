#pragma once

#include "domain/doctor.hpp"
#include "postgres/connection.hpp"

#include <string>

namespace rota::postgres {

/// Of `doctors d`.
inline const std::string kDoctorColumns =
    "d.id, d.name, d.specialty, d.bio, d.photo_url, d.years_of_experience, d.active";

/// Reads them, which must be the row's first.
inline domain::Doctor readDoctor(const Rows& rows, int row) {
    domain::Doctor doctor;
    doctor.id = rows.id<base::DoctorId>(row, 0);
    doctor.name = rows.string(row, 1);
    doctor.specialty = rows.string(row, 2);
    doctor.bio = rows.string(row, 3);
    doctor.photoUrl = rows.string(row, 4);
    doctor.yearsOfExperience = static_cast<int>(rows.integer(row, 5));
    doctor.active = rows.boolean(row, 6);
    return doctor;
}

} // namespace rota::postgres
