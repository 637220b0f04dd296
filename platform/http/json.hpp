#pragma once

#include "app/clinic.hpp"
#include "base/interval.hpp"
#include "domain/doctor.hpp"
#include "http/response.hpp"

#include <nlohmann/json.hpp>

#include <span>

/// Only for this folder's sources.
namespace rota::http {

/// Members in the order in which they were put, as docs/openapi.yaml lists them.
using Json = nlohmann::ordered_json;

Response json(int status, const Json& body);

/// A doctor as every answer shows one.
Json doctorJson(const domain::Doctor& doctor);

/// [{start_time, end_time, duration}…]
Json slotsJson(std::span<const base::Interval> slots, const base::Zone& zone);

} // namespace rota::http
