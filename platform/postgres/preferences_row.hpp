#pragma once

#include "domain/patient.hpp"
#include "postgres/rows.hpp"

#include <stdexcept>

namespace rota::postgres {

/// email_opt_in, sms_opt_in, language from that column on.
inline domain::Preferences readPreferences(const Rows& rows, int row, int firstColumn) {
    const auto language = domain::parseLanguage(rows.text(row, firstColumn + 2));
    if (!language) throw std::logic_error("patients hold an unknown language");
    return {rows.boolean(row, firstColumn), rows.boolean(row, firstColumn + 1), *language};
}

} // namespace rota::postgres
