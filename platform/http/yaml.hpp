#pragma once

#include "http/json.hpp"

#include <string>

/// Only for this folder's sources.
namespace rota::http {

/// A YAML document as JSON, members in their order: plain scalars become null, booleans and numbers where they are
/// such (YAML 1.2), quoted ones are texts. Throws std::runtime_error where it is not well-formed.
Json yamlToJson(const std::string& text);

} // namespace rota::http
