#pragma once

#include "app/ports/appointment_store.hpp"
#include "http/json.hpp"

/// Only for this folder's sources.
namespace rota::http {

/// An appointment as every answer shows one that exists; `now` says in which category it is.
Json appointmentJson(const app::AppointmentDetails& details, const base::Zone& zone, base::Instant now);

} // namespace rota::http
